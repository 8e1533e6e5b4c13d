-- Asks for the paths of a file in turn: wrk --script wrk.lua URL -- FILE HOST again|once. Its last line is JSON.
local requests, turn, once = {}, 0, false

function init(arguments)
  wrk.headers["Host"] = arguments[2]
  once = arguments[3] == "once"
  for path in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  turn = turn + 1
  if turn > #requests then
    if once then wrk.thread:stop() end
    turn = 1
  end
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %f, "median": %f, "p99": %f, "refused": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
