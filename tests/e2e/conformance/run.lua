-- run -- asks what the cases of one server ask, and prints each answer whole: a line of JSON each, after
-- "= ".
--
-- CONFORMANCE holds, as JSON, the user class, the files of cases beside this one, and what they want to know
-- of their server. What an answer is expected to be stands with its case: what is not so is in the line's
-- `wrong`.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local json = require "katydid.json"

local setup = json.decode(os.getenv "CONFORMANCE")

local FIELDS = { "status_code", "ok", "reason", "url", "error" }
local STEPS = { "dns", "connect", "tls", "wait", "receive" }
local SHOWN = 4000 -- bytes of a text that are printed as they are
local ROUNDING_MS = 1
local BEGAN = os.time()

local heard = setmetatable({}, { __mode = "k" }) -- response -> its event

k.events.request:add_listener(function(e)
  heard[e.response] = {
    request_type = e.request_type,
    name = e.name,
    length = e.response_length,
    exception = e.exception,
    context = e.context,
    url = e.url,
    times = (heard[e.response] and heard[e.response].times or 0) + 1,
    is_same_time = e.response_time == e.response.response_time and e.start_time == e.response.start_time,
  }
end)

-- As JSON can say it; a long text as its length and a checksum.
local function plain(text)
  if #text > SHOWN then
    local sum = 0
    for i = 1, #text do
      sum = (sum * 31 + text:byte(i)) % 4294967291
    end
    return ("%d bytes, sum %d"):format(#text, sum)
  end
  return (text:gsub("[%z\1-\9\11-\31\127-\255]", function(c)
    return ("\\x%02x"):format(c:byte())
  end))
end

local function plain_of(value)
  if type(value) == "string" then return plain(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in pairs(value) do
    copy[key] = plain_of(inner)
  end
  return #value > 0 and json.array(copy) or copy
end

-- Which steps took time, as far as that is sure; and what can't be, among the wrongs.
local function took(response, wrong)
  local sum, timings = 0, response.timings
  for _, step in ipairs(STEPS) do
    sum = sum + timings[step]
    if timings[step] < 0 then wrong[#wrong + 1] = ("timings.%s is %s"):format(step, timings[step]) end
  end
  if response.response_time <= 0 then wrong[#wrong + 1] = "response_time is not above 0" end
  if response.start_time < BEGAN - 1 or response.start_time > os.time() + 2 then
    wrong[#wrong + 1] = ("start_time is %.3f, at %d"):format(response.start_time, os.time())
  end
  if sum > response.response_time + ROUNDING_MS then
    wrong[#wrong + 1] = ("timings: together %g ms of %g"):format(sum, response.response_time)
  end
  return {
    dns = timings.dns > 0,
    connect = timings.connect > 0,
    tls = timings.tls > 0,
    wait = timings.wait > 0,
  }
end

local function record_of(response, client, wrong)
  local record = {
    text = plain(response.text),
    length = response.length,
    headers = plain_of(response.headers),
    history = json.array {},
    cookies = plain_of(response.cookies),
    jar = plain_of(client.cookies()),
    took = took(response, wrong),
    request = {
      method = response.request.method,
      url = response.request.url,
      target = response.request.target,
      headers = plain_of(response.request.headers),
      body = response.request.body and plain(response.request.body),
    },
    event = plain_of(heard[response]),
  }
  for _, field in ipairs(FIELDS) do
    record[field] = plain_of(response[field])
  end
  for i, hop in ipairs(response.history) do
    record.history[i] = plain_of(hop)
  end
  local ok, why = pcall(response.raise_for_status, response)
  record.raises = not ok and plain(tostring(why)) or nil
  local is_rest, js = pcall(function()
    return response.js
  end)
  record.js, record.no_js = is_rest and plain_of(js) or nil, not is_rest and plain(js) or nil
  return record
end

-- record.headers.Server for "headers.Server"; below "json" lies what the body holds.
local function found_at(record, response, path)
  local at = record
  for part in path:gmatch "[^.]+" do
    if type(at) ~= "table" then return nil end
    if at == record and part == "json" then
      at = response:json()
    else
      at = at[tonumber(part) or part]
    end
  end
  if at == json.null then return nil end
  return at
end

-- NIL: the field must not be there.
local NIL = setmetatable({}, {
  __tostring = function()
    return "nothing"
  end,
})

local function compare(record, response, expected, wrong)
  for path, wanted in pairs(expected) do
    local found = found_at(record, response, path)
    local is_so = found == wanted
    if wanted == NIL then
      is_so = found == nil
    elseif type(wanted) == "function" then
      is_so = wanted(found, response)
    end
    if not is_so then
      wrong[#wrong + 1] = ("%s: expected %s, got %s"):format(path, tostring(wanted), tostring(found))
    end
  end
end

-- What holds of every answer, unless its case says otherwise.
local function default_expectations(response, options, expected)
  local all = {
    ["event.times"] = 1,
    ["event.is_same_time"] = true,
    ["event.request_type"] = response.request.method,
    ["event.length"] = response.length,
  }
  if not (options and options.stream) then all.length = #response.text end
  if response.status_code > 0 then all.error = NIL end
  if response.status_code > 0 and response.status_code < 400 then
    all["event.exception"], all.ok, all.raises = NIL, true, NIL
  else
    all.ok = false
  end
  if options and options.name then all["event.name"] = options.name end
  for path, wanted in pairs(expected or {}) do
    all[path] = wanted
  end
  return all
end

-- Servers with TLS are signed by the tests' own authority.
local function with_authority(options)
  if not setup.authority or (options and options.verify ~= nil) then return options end
  local all = { verify = setup.authority }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  return all
end

local function without_untold(record, expected)
  local left = {}
  for path, wanted in pairs(expected or {}) do
    left[path] = wanted
  end
  for _, step in ipairs(left.untold or {}) do
    record.took[step] = nil
  end
  left.untold = nil
  return left
end

local User = k[setup.user_class]:extend("Conformant", { host = setup.url })

User.all = k.task(function(self)
  local client = self.client

  -- What came of calling for it: pcall's answers. Expected: path -> value; and `untold`, a list of the steps
  -- of which it is chance, or not known to both, whether they were needed.
  local function tell(label, options, expected, ok, response)
    local wrong, record = {}
    if ok then
      record = record_of(response, client, wrong)
      expected = without_untold(record, expected)
      compare(record, response, default_expectations(response, options, expected), wrong)
    else
      record = { raised = plain(tostring(response)) }
      compare(record, nil, expected or { raised = NIL }, wrong)
    end
    record.label, record.wrong = label, #wrong > 0 and wrong or nil
    print("= " .. json.encode(record))
    return ok and response
  end

  -- One request: method, path, options; what is expected; a handler.
  local function ask(label, method, path, options, expected, handler)
    options = with_authority(options)
    return tell(label, options, expected, pcall(function()
      return client:request(method, path, options, handler)
    end))
  end

  for _, cases in ipairs(setup.cases) do
    require(cases) {
      ask = ask,
      tell = tell,
      with_authority = with_authority,
      setup = setup,
      client = client,
      user = self,
      NIL = NIL,
      k = k,
      json = json,
    }
  end
  print "= {\"label\": \"end\"}"
end)

return User
