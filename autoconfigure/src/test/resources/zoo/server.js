// Arguments: the port, and the keep-alive time-out in milliseconds unless it is Node's own
const [port, timeout] = process.argv.slice(2)
const server = require('node:http').createServer((request, response) => {
  request.resume().on('end', () => {
    require('node:fs').writeSync(1, `${request.method} ${request.headers['x-id']}\n`)
    response.end('fine')
  })
})
if (timeout) {
  server.keepAliveTimeout = Number(timeout)
}
server.listen(Number(port), '127.0.0.1')
