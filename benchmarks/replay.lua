-- Sends the requests of a file in order, and from its start again when they are all sent.
-- They are in memory as whole strings, so that wrk has nothing to do but to send them.

local requests = {}
local last = 0
local thread

function setup(of_thread)
  thread = of_thread
end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local length = file:read(8)
  while length do
    requests[#requests + 1] = file:read(tonumber(length))
    length = file:read(8)
  end
  file:close()
  collectgarbage("stop") -- nothing below makes garbage, and a look at all these strings takes long
  cpu_before = os.clock() -- global, so that `done` can get it
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '{"answers": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d, "cpu": %f}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, broken, os.clock() - thread:get("cpu_before")))
end
