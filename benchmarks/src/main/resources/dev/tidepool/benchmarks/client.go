// Calls without a pause through net/http, each caller a goroutine, until its input ends.
// For each line of input, and at the end, it prints what it has done and used so far:
// calls, nanoseconds of CPU time, bytes allocated. A call that fails ends it.
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

func main() {
	callers := flag.Int("callers", 1, "how many call at once")
	url := flag.String("url", "", "what they call")
	body := flag.String("body", "", "what they POST; without it they GET")
	contentType := flag.String("type", "", "the content type of the body")
	length := flag.Int("length", 0, "how many bytes each answer has")
	flag.Parse()

	client := &http.Client{Transport: &http.Transport{
		MaxConnsPerHost:     *callers,
		MaxIdleConnsPerHost: *callers,
		DisableCompression:  true,
	}}
	sent := []byte(*body)
	send := func() (*http.Response, error) {
		if len(sent) == 0 {
			return client.Get(*url)
		}
		return client.Post(*url, *contentType, bytes.NewReader(sent))
	}

	// Functions, since the types of sync/atomic came with Go 1.19
	var calls int64
	var stopped int32
	var running sync.WaitGroup
	running.Add(*callers)
	for i := 0; i < *callers; i++ {
		go func() {
			defer running.Done()
			for atomic.LoadInt32(&stopped) == 0 {
				call(send, *length)
				atomic.AddInt64(&calls, 1)
			}
		}()
	}

	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		report(atomic.LoadInt64(&calls))
	}
	atomic.StoreInt32(&stopped, 1)
	running.Wait()
	report(calls)
}

func call(send func() (*http.Response, error), length int) {
	response, err := send()
	if err != nil {
		log.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		log.Fatalf("Status %d", response.StatusCode)
	}
	if len(answer) != length {
		log.Fatalf("A body of %d bytes", len(answer))
	}
}

func report(calls int64) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Println(calls, usage.Utime.Nano()+usage.Stime.Nano(), memory.TotalAlloc)
}
