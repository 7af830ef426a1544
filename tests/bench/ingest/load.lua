-- What wrk sends: one beacon after another, each of another session with another sequence, or
-- ingest would take them for ones that are sent again.
-- `wrk … -s load.lua URL -- METHOD TEMPLATE USER_AGENTS [DELAY_MS]`
--
-- A template is a frame in which the session and the sequence are marked; the marks are as long as
-- what takes their place, so that nothing else of the frame has to change. With a delay each
-- connection waits that long, on average, between an answer and the next beacon.
--
-- Prints one line of JSON when it is done.

local MARKS = {
  -- Of CBOR: the 16 bytes of an identifier, and the 8 of an integer below 2^53.
  { session = "<session-mark-1>", sequence = "\0\31<mark>" },
  -- Of JSON: 32 hexadecimal digits, and 16 decimal ones.
  { session = "5e55105e55105e55105e55105e551055", sequence = "1717171717171717" },
}

-- So many user agents send; those of WeChat have a number of the device in them.
local AGENTS = 64

local heads, before, between, after, is_json = {}, nil, nil, nil, false
-- Objects of JSON may have the sequence first.
local sequence_first = false
local count, threads = 0, 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function cut(text, mark)
  local from, to = text:find(mark, 1, true)
  if from then return text:sub(1, from - 1), text:sub(to + 1) end
end

local function split(template)
  for form, marks in ipairs(MARKS) do
    local session, sequence = template:find(marks.session, 1, true), template:find(marks.sequence, 1, true)
    if session and sequence then
      is_json, sequence_first = form == 2, sequence < session
      local first, second = marks.session, marks.sequence
      if sequence_first then first, second = second, first end
      local rest
      before, rest = cut(template, first)
      between, after = cut(rest, second)
    end
  end
  assert(after, "the template has no marks")
end

-- The heads of requests, one a user agent.
local function make_heads(method, length, agents)
  local names = {}
  for line in agents:gmatch("[^\n]+") do
    if line:sub(1, 8) == "Mozilla/" then table.insert(names, line) end
  end
  for at = 1, AGENTS do
    local agent = names[at % #names + 1]:gsub("MMWEBID/%d+", "MMWEBID/" .. 1000 + at)
    heads[at] = table.concat({
      method .. " " .. wrk.path .. " HTTP/1.1", "Host: " .. wrk.host, "User-Agent: " .. agent,
      "Origin: https://bank.example", "Content-Type: text/plain;charset=UTF-8",
      "Content-Length: " .. length, "", "",
    }, "\r\n")
  end
end

function init(args)
  local template = read(args[2])
  split(template)
  make_heads(args[1], #template, read(args[3]))
  math.randomseed(os.time() * 1000 + number)
  local delay_ms = tonumber(args[4] or "0")
  if delay_ms > 0 then
    function delay() return math.random(0, 2 * delay_ms) end
  end
end

function request()
  count = count + 1
  local head = heads[count % AGENTS + 1]
  local unique = string.format("%08d", count)
  local noise = string.format("%08d", math.random(0, 99999999))
  local first, second = unique .. noise, "\0\31" .. unique:sub(3)
  if is_json then
    first, second = first .. "0000000" .. number .. "abcdefab", "10000000" .. unique
  end
  if sequence_first then first, second = second, first end
  return head .. before .. first .. between .. second .. after
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"max":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency.max, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
