-- The load of wrk: sends the requests of a file, and holds every answer against what its request was to get.
--
--     wrk --threads N --connections N --script load.lua URL -- FILE [INTERVAL]
--
-- With an interval, in milliseconds, each connection sends at fixed instants, as far as the answers keep up. Without, at once.
-- A thread has one connection, so an answer belongs to the request sent last; or all requests are of one kind, and it belongs to any.
-- Thread n reads FILE.n. A file begins with the request, `%s` standing for a credential and `\r\n` for ends of lines; a line for each kind
-- of request with the status and a text of its answer; and an empty line. Every further line is a kind and a credential. Prints one line of
-- JSON.

local threads = {}

function setup(thread)
   thread:set("part", #threads)
   table.insert(threads, thread)
end

function init(args)
   requests, kinds, expected = {}, {}, {}
   counted = 0
   right, wrong, first_wrong = {}, 0, ""
   local lines = io.lines(args[1] .. "." .. part)
   local template = lines():gsub("\\r\\n", "\r\n")
   for line in lines do
      if line == "" then break end
      local kind, status, text = line:match("^(%S+) (%d+) (.*)$")
      expected[kind] = { status = tonumber(status), text = text }
      right[kind] = 0
   end
   for line in lines do
      local kind, credential = line:match("^(%S+) (.*)$")
      table.insert(requests, (template:gsub("%%s", (credential:gsub("%%", "%%%%")))))
      table.insert(kinds, kind)
   end
   at = 0
   if args[2] then pace(tonumber(args[2])) end
   -- The thread runs from here on, and wrk's clock only from when all do.
   began_ms = now_ms()
end

-- Lua's own clocks count seconds, or the processor's time.
local ffi = require("ffi")
ffi.cdef("typedef struct { long s, ns; } instant; int clock_gettime(int clock, instant *now);")
local instant, monotonic = ffi.new("instant"), 1

function now_ms()
   ffi.C.clock_gettime(monotonic, instant)
   return tonumber(instant.s) * 1000 + tonumber(instant.ns) / 1e6
end

function pace(interval)
   local due
   function delay()
      local ms = now_ms()
      -- Out of step with the other connections.
      due = due and due + interval or ms + math.random() * interval
      return math.max(0, math.floor(due - ms + 0.5))
   end
end

function request()
   at = at % #requests + 1
   return requests[at]
end

function response(status, _, body)
   local kind = kinds[at]
   local should = expected[kind]
   if status == should.status and body:find(should.text, 1, true) then
      right[kind] = right[kind] + 1
   else
      wrong = wrong + 1
      if wrong == 1 then first_wrong = kind .. ": " .. status .. " " .. body:sub(1, 200) end
   end
end

function done(summary, latency, _)
   local sum, bad, example, per_second, ended = {}, 0, "", 0, now_ms()
   for _, thread in ipairs(threads) do
      local seconds = (ended - thread:get("began_ms")) / 1000
      for kind, count in pairs(thread:get("right")) do
         sum[kind] = (sum[kind] or 0) + count
         per_second = per_second + count / seconds
      end
      bad = bad + thread:get("wrong")
      if example == "" then example = thread:get("first_wrong") end
   end
   local counts = {}
   for kind, count in pairs(sum) do table.insert(counts, string.format("%q:%d", kind, count)) end
   local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   print(string.format(
      '{"per_second":%.3f,"requests":%d,"right":{%s},"wrong":%d,"failed":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"example":"%s"}',
      per_second, summary.requests, table.concat(counts, ","), bad, failed,
      latency:percentile(50), latency:percentile(99), latency.max, example:gsub("[^%w %.,:_{}-]", " ")
   ))
end
