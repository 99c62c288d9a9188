-- stats -- the statistics as scripts read them: environment.stats, by Locust's names.
--
-- Nothing is copied: an entry is its method and name, and each look at it asks the program. So it is as true
-- later as it is now, and costs nothing where nobody looks.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local counts = core.stats

local stats = {}

---One method and name, as it is when it is looked at; zeros where nothing was requested yet. Times are ms.
---@class katydid.StatsEntry
---@field name string
---@field method string
---@field num_requests integer failed ones included
---@field num_none_requests integer those that came without a response time
---@field num_failures integer
---@field total_response_time number the sum
---@field min_response_time number? nil: there was none
---@field max_response_time number
---@field avg_response_time number
---@field median_response_time number
---@field total_content_length integer bytes
---@field avg_content_length number
---@field fail_ratio number 0 to 1
---@field current_rps number requests a second, of the last ten seconds
---@field current_fail_per_sec number
---@field total_rps number over the whole test
---@field total_fail_per_sec number
---@field start_time number seconds since 1970
---@field last_request_timestamp number? nil: there was none
---@field private _method string? nil: the total
---@field private _name string?
local methods = {}

local FIELDS = {}
for _, name in ipairs(counts.fields) do
  FIELDS[name] = true
end

local function check_share(what, share)
  if type(share) ~= "number" or not (share >= 0 and share <= 1) then
    blame.expected(what, "a share from 0 to 1, as 0.95", share)
  end
end

---The time within which this share of the requests was answered.
---@param share number 0 to 1
---@return number ms 0: there were none
function methods:get_response_time_percentile(share)
  check_share("get_response_time_percentile", share)
  return counts.percentile(rawget(self, "_method"), rawget(self, "_name"), share)
end

---The same of the last ten seconds.
---@param share number 0 to 1
---@return number? ms nil: there were none, or they aren't kept (of single entries they are with
--- --csv-full-history alone)
function methods:get_current_response_time_percentile(share)
  check_share("get_current_response_time_percentile", share)
  return counts.current_percentile(rawget(self, "_method"), rawget(self, "_name"), share)
end

local ENTRY_NAMES = blame.names(FIELDS)
for name in next, methods do
  ENTRY_NAMES[#ENTRY_NAMES + 1] = name
end
ENTRY_NAMES[#ENTRY_NAMES + 1], ENTRY_NAMES[#ENTRY_NAMES + 2] = "method", "name"

local Entry = {
  __index = function(self, key)
    if FIELDS[key] then return counts.read(self._method, self._name, key) end
    return methods[key] or blame.unknown("field", key, ENTRY_NAMES, "an entry of the statistics")
  end,
  __newindex = function(_, key)
    blame.raise("%s: the statistics are read; stats:log_request adds to them", tostring(key))
  end,
}

local function new_entry(method, name)
  return setmetatable({ _method = method, _name = name, method = method, name = name }, Entry)
end

local total = setmetatable({ method = "", name = "Aggregated" }, {
  __index = function(_, key)
    if FIELDS[key] then return counts.read(nil, nil, key) end
    return methods[key] or blame.unknown("field", key, ENTRY_NAMES, "an entry of the statistics")
  end,
  __newindex = Entry.__newindex,
})

---@class katydid.Stats
---@field entries katydid.StatsEntry[] all that was requested, by name, then method; a new list each time
---@field total katydid.StatsEntry of all requests
---@field errors katydid.StatsError[] what failed, and how often; a new list each time
---@field num_requests integer
---@field num_failures integer
---@field start_time number seconds since 1970
---@field last_request_timestamp number? nil: there was none
local view = {}

---@class katydid.StatsError
---@field method string
---@field name string
---@field error string
---@field occurrences integer
---@field first_seen number seconds since 1970
---@field last_seen number

local function check_names(what, name, method)
  if type(name) ~= "string" then blame.expected(what, "the name of an entry", name) end
  if type(method) ~= "string" then blame.expected(what, "a method, as 'GET', with it", method) end
end

---An entry, there or not yet.
---@param name string
---@param method string
---@return katydid.StatsEntry
function view.get(_, name, method)
  check_names("stats:get", name, method)
  return new_entry(method, name)
end

---Counts a request, and tells no listener; events.request:fire tells them too.
---@param method string
---@param name string
---@param response_time number? ms; nil: it has no time
---@param content_length integer?
function view.log_request(_, method, name, response_time, content_length)
  check_names("stats:log_request", name, method)
  if response_time ~= nil and type(response_time) ~= "number" then
    blame.expected("stats:log_request", "a response time in ms or nil", response_time)
  end
  if content_length ~= nil and type(content_length) ~= "number" then
    blame.expected("stats:log_request", "a length in bytes or nil", content_length)
  end
  core.run.request(method, name, response_time, content_length or 0)
end

---Counts a failure, without a request.
---@param method string
---@param name string
---@param text string
function view.log_error(_, method, name, text)
  check_names("stats:log_error", name, method)
  if type(text) ~= "string" then blame.expected("stats:log_error", "why it failed, as a string", text) end
  counts.log_error(method, name, text)
end

---Begins anew: no entry is left, no error, no history.
function view.clear_all(_)
  counts.clear()
end

view.clear = view.clear_all

---Begins anew with the entries that there are: all are zero.
function view.reset_all(_)
  counts.reset()
end

local OF_TOTAL = {
  num_requests = true, num_failures = true, start_time = true, last_request_timestamp = true,
}

local getters = {}

function getters.total()
  return total
end

function getters.entries()
  local entries = counts.names()
  for i, row in ipairs(entries) do
    entries[i] = new_entry(row.method, row.name)
  end
  return entries
end

function getters.errors()
  return counts.errors()
end

local NAMES = blame.names(view)
for _, names in ipairs { OF_TOTAL, getters } do
  for name in next, names do
    NAMES[#NAMES + 1] = name
  end
end

---@return katydid.Stats
function stats.new()
  return setmetatable({}, {
    __index = function(_, key)
      if getters[key] then return getters[key]() end
      if OF_TOTAL[key] then return counts.read(nil, nil, key) end
      return view[key] or blame.unknown("field", key, NAMES, "the statistics")
    end,
    __newindex = function(_, key)
      blame.raise("stats.%s: the statistics are read; stats:log_request adds to them", tostring(key))
    end,
  })
end

return stats
