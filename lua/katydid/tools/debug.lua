-- debug -- `katydid debug`: one user, each of its tasks once, and all that is sent and received.
--
-- A pass is each task of the user once, in the order in which they are defined; a task set is entered once,
-- and left when each of its tasks had its turn. There are no waits between tasks.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local check = require "katydid.check"
local driver = require "katydid.driver"
local events = require "katydid.events"
local markov = require "katydid.markov"
local object = require "katydid.object"
local sequential = require "katydid.sequential"
local task = require "katydid.task"
local taskset = require "katydid.taskset"
local transaction = require "katydid.transaction"

local debugging = {}

local BODY_LIMIT = 10000 -- bytes of a body that are shown
local HIDDEN = "***"

local shows_secrets = false

local function say(message, ...)
  core.log.print(select("#", ...) > 0 and message:format(...) or message)
end

-- --- secrets ----------------------------------------------------------------------------------------------

local SECRET_PARTS = {
  "authorization", "token", "secret", "passw", "pwd", "apikey", "accesskey", "credential", "session", "csrf",
  "signature", "privatekey", "cookie",
}

-- Whether a header, parameter or field of this name is one that isn't to be seen.
local function is_secret(name)
  local plain = name:lower():gsub("[^%w]", "")
  for _, part in ipairs(SECRET_PARTS) do
    if plain:find(part, 1, true) then return true end
  end
  return plain == "auth" or plain == "pin" or plain == "otp"
end

-- "a=1&token=x", wherever it stands in a text.
local function mask_pairs(text)
  return (text:gsub("([%w_%-%.%%%[%]]+)=[^&%s#;\"'<]+", function(name)
    if is_secret(name) then return name .. "=" .. HIDDEN end
  end))
end

-- Where the JSON value that begins at `at` ends, if it is a text, a number or a word. (JSON within a text of
-- JSON has its quotes behind backslashes.)
local function value_end(text, at)
  if text:find('^\\"', at) then
    local _, last = text:find('[^\\]\\"', at + 1)
    return last or #text
  end
  if text:sub(at, at) ~= '"' then
    local _, last = text:find("^[^%s,}%]]+", at)
    return last
  end
  local i = at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == '"' then return i end
    i = i + (c == "\\" and 2 or 1)
  end
  return #text
end

local function mask_json(text)
  local parts, from, at = {}, 1, 1
  while true do
    local first, colon, name = text:find('"([^"\\]+)\\?"%s*:%s*', at)
    if not first then break end
    at = colon + 1
    local is_nested = text:find("^[{%[]", at)
    local last = is_secret(name) and not is_nested and value_end(text, at)
    if last then
      local quote = text:match('^\\?"', at) or '"'
      parts[#parts + 1] = text:sub(from, colon) .. quote .. HIDDEN .. quote
      from, at = last + 1, last + 1
    end
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts)
end

---A header's value, as it may be shown.
---@param name string
---@param value string
---@return string
function debugging.mask_header(name, value)
  local lower = name:lower()
  if lower == "cookie" then return (value:gsub("=[^;]*", "=" .. HIDDEN)) end
  if lower == "set-cookie" then
    value = value:gsub("^([^=;,]+)=[^;,]*", "%1=" .. HIDDEN)
    return (value:gsub("(,%s*[^=;,%s]+)=[^;,]*", "%1=" .. HIDDEN)) -- several, joined
  end
  if is_secret(name) then
    local scheme = value:match("^%a+ ")
    return (lower:find("authorization", 1, true) and scheme or "") .. HIDDEN
  end
  return mask_pairs(value)
end

---A body, as it may be shown.
---@param text string
---@return string
function debugging.mask_body(text)
  return mask_pairs(text:find("^%s*[{%[]") and mask_json(text) or text)
end

-- --- an exchange ------------------------------------------------------------------------------------------

local function add_headers(lines, mark, headers)
  local names = {}
  for name in pairs(headers) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = headers[name]
    if not shows_secrets then value = debugging.mask_header(name, value) end
    lines[#lines + 1] = ("%s %s: %s"):format(mark, name, value)
  end
end

local function add_body(lines, body)
  if not body or body == "" then return end
  if body:find("[%z\1-\8\11\12\14-\31]") then
    lines[#lines + 1] = ("  (%d bytes that are no text)"):format(#body)
    return
  end
  if not shows_secrets then body = debugging.mask_body(body) end
  local shown = body:sub(1, BODY_LIMIT):gsub("\r?\n$", "")
  lines[#lines + 1] = "  " .. shown:gsub("\r?\n", "\n  ")
  if #body > BODY_LIMIT then
    lines[#lines + 1] = ("  … (%d more bytes)"):format(#body - BODY_LIMIT)
  end
end

local function shown_url(url)
  return shows_secrets and url or mask_pairs(url)
end

---An exchange as text.
---@param e table what listeners of events.request get
---@return string
function debugging.exchange(e)
  local response = e.response
  local verdict = e.exception and "failed: " .. shown_url(tostring(e.exception)) or "a success"
  local counted = ("  counted as %s %s, %s"):format(e.request_type, shown_url(e.name), verdict)
  if type(response) ~= "userdata" then -- fired by the script
    local ms = e.response_time and ("%.1f ms, "):format(e.response_time) or ""
    return ("  %s%d bytes\n%s\n\n"):format(ms, e.response_length or 0, counted)
  end
  local request, lines = response.request, {}
  lines[1] = ("> %s %s"):format(request.method, shown_url(request.url))
  add_headers(lines, ">", request.headers)
  add_body(lines, request.body)
  for _, hop in ipairs(response.history) do
    lines[#lines + 1] = ("< %d from %s"):format(hop.status_code, shown_url(hop.url))
    add_headers(lines, "<", hop.headers)
  end
  if response.status_code == 0 then
    lines[#lines + 1] = "< no response: " .. shown_url(response.error or "")
  else
    lines[#lines + 1] = ("< %d %s"):format(response.status_code, response.reason)
    add_headers(lines, "<", response.headers)
    add_body(lines, response.text)
  end
  local t = response.timings
  local times = "  %.1f ms: dns %.1f, connect %.1f, tls %.1f, wait %.1f, receive %.1f; %d bytes"
  lines[#lines + 1] = times:format(response.response_time, t.dns, t.connect, t.tls, t.wait, t.receive,
                                   response.length)
  lines[#lines + 1] = counted .. "\n\n"
  return table.concat(lines, "\n")
end

-- --- a pass -----------------------------------------------------------------------------------------------

local function distinct(list)
  local entries, seen = {}, {}
  for _, entry in ipairs(list) do
    if not seen[entry] then
      seen[entry] = true
      entries[#entries + 1] = entry
    end
  end
  return entries
end

local function tell_task(set, entry)
  if entry then say("== %s: %s", tostring(set), entry.name) end
  return entry
end

-- Each once, so many times; then `leave`.
local function in_order(passes, leave)
  return function(set, list)
    if #list == 0 then return nil, taskset.no_tasks(set) end
    local entries = rawget(set, "_debug_entries") or distinct(list)
    local done = rawget(set, "_debug_done") or 0
    if done == passes * #entries then leave(set) end
    rawset(set, "_debug_entries", entries)
    rawset(set, "_debug_done", done + 1)
    return tell_task(set, entries[done % #entries + 1])
  end
end

-- As it picks by itself, as often as there are tasks.
local function as_it_is(pick)
  return function(set, list)
    local done = rawget(set, "_debug_done") or 0
    if done > 0 and done >= #distinct(list) then set:interrupt() end
    rawset(set, "_debug_done", done + 1)
    local entry, why = pick(set, list)
    return tell_task(set, entry), why
  end
end

local function no_wait()
  return 0
end

local function leave_out_waits(info, seen)
  if seen[info] then return end
  seen[info] = true
  info.fields.wait_time = no_wait
  for _, entry in ipairs(task.list(info)) do
    if entry.set then leave_out_waits(object.info(entry.set), seen) end
  end
end

---Prepares the run of the one class that was chosen.
---@param arguments { passes: integer, show_secrets: boolean }
---@return string report
---@return integer code
function debugging.start(arguments)
  shows_secrets = arguments.show_secrets
  local class, others = driver.chosen()
  local info = object.info(class)
  leave_out_waits(info, {})
  info.fields._pick = in_order(arguments.passes, function(user)
    user:stop()
  end)
  object.info(taskset.TaskSet).fields._pick = in_order(1, function(set)
    set:interrupt()
  end)
  for _, base in ipairs { sequential.SequentialTaskSet, markov.MarkovTaskSet } do
    local fields = object.info(base).fields
    fields._pick = as_it_is(fields._pick)
  end
  events.request:add_listener(function(e)
    say(debugging.exchange(e))
  end)
  check.listen(function(name, condition)
    say("* check %s: %s", blame.show(name), condition and "passed" or "failed")
  end)
  transaction.listen(function(name, milliseconds, failure)
    say("* transaction %s: %.1f ms, %s", blame.show(name), milliseconds,
        failure and "failed: " .. shown_url(failure) or "a success")
  end)
  local rest = #others > 0 and (" (there are also: %s)"):format(table.concat(others, ", ")) or ""
  return ("One user of %s, %d %s, without waits%s\n\n"):format(info.name, arguments.passes,
    arguments.passes == 1 and "pass" or "passes", rest), 0
end

return debugging
