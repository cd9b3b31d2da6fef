package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

// Arguments: the address, and the idle time-out unless it is Go's own
func main() {
	server := &http.Server{Addr: os.Args[1], Handler: http.HandlerFunc(answer)}
	if len(os.Args) > 2 {
		server.IdleTimeout, _ = time.ParseDuration(os.Args[2])
	}
	panic(server.ListenAndServe())
}

func answer(response http.ResponseWriter, request *http.Request) {
	fmt.Println(request.Method, request.Header.Get("X-Id"))
	fmt.Fprint(response, "fine")
}
