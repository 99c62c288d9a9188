-- options -- what a call of the client may be told: each option checked, and put into the request's spec.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local files = require "katydid.files"

local encode = core.url.encode
local sort, concat = table.sort, table.concat
local type, next, tostring, floor = type, next, tostring, math.floor

---Seconds; false: none.
---@class katydid.Timeouts
---@field connect number|false|nil 60
---@field read number|false|nil without a byte; 60
---@field total number|false|nil none

---What may be given to a call of the client.
---@class katydid.Options
---@field params table<string, any>? of the query, in the order of their names; a list repeats its name
---@field headers table<string, any>?
---@field data string|table<string, any>? the body; a table is sent as a form
---@field json any the body, as JSON
---@field files table<string, katydid.Files>? sent as a form, with the fields of `data`
---@field auth { [1]: string, [2]: string }? user and password
---@field cookies table<string, any>? of this call alone
---@field timeout number|false|katydid.Timeouts|nil seconds in all; false: none
---@field allow_redirects boolean? false for HEAD, else true
---@field max_redirects integer? 30
---@field verify boolean|string|nil true; or a file of certificates to trust
---@field cert string|{ [1]: string, [2]: string }|nil certificate and key, in one file or in two
---@field proxy string? its URL
---@field http_version "1.0"|"1.1"|"2"|"2-prior-knowledge"|nil
---@field compress boolean? true: br and zstd too; false: no Accept-Encoding
---@field stream (fun(piece: string): boolean?)? called with the body as it comes; false: enough
---@field name string? in the statistics
---@field catch_response boolean? for those who know Locust: a handler does it
---@field context table? handed on to events.request
local options = {}

local function expect(key, value, kind, expected)
  if type(value) ~= kind then
    blame.expected(("option '%s'"):format(key), expected, value)
  end
end

-- A value of a table as it is sent; the other two say which one it is.
local function text_of(value, key, name)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then
    if value == floor(value) and value > -2 ^ 53 and value < 2 ^ 53 then return ("%d"):format(value) end
    return tostring(value)
  end
  if kind == "boolean" then return tostring(value) end
  blame.expected(key .. "." .. name, "a string, a number, a boolean or a list of those", value)
end

local function sorted_names(map)
  local names, n = {}, 0
  for name in next, map do
    n = n + 1
    names[n] = name
  end
  sort(names)
  return names
end

-- Adds name and value to the list; a list as a value repeats its name.
local function add_pair(flat, key, name, value)
  local n = #flat
  if type(value) ~= "table" then
    flat[n + 1], flat[n + 2] = name, text_of(value, key, name)
    return
  end
  if next(value) ~= nil and value[1] == nil then text_of(value, key, name) end
  for i, item in ipairs(value) do
    flat[n + 2 * i - 1], flat[n + 2 * i] = name, text_of(item, key, name)
  end
end

-- { name, value, name, value, … } in the order of the names.
local function flatten(key, map)
  expect(key, map, "table", "a table name -> value")
  local flat = {}
  local first = next(map)
  if first == nil then return flat end
  for name in next, map do
    if type(name) ~= "string" then blame.expected(("option '%s'"):format(key), "names for keys", name) end
  end
  if next(map, first) == nil then
    add_pair(flat, key, first, map[first])
    return flat
  end
  for _, name in ipairs(sorted_names(map)) do
    add_pair(flat, key, name, map[name])
  end
  return flat
end

local function form(key, map)
  local flat = flatten(key, map)
  local parts = {}
  for i = 1, #flat, 2 do
    parts[#parts + 1] = encode(flat[i], true) .. "=" .. encode(flat[i + 1], true)
  end
  return concat(parts, "&")
end

local function is_seconds(value)
  return type(value) == "number" and value > 0 and value < math.huge
end

-- Each option: what it does to the spec. Called with (spec, value, key).
local known = {}

function known.params(spec, value, key)
  local query = form(key, value)
  if query == "" then return end
  local url, fragment = spec.url, ""
  local hash = url:find("#", 1, true)
  if hash then
    url, fragment = url:sub(1, hash - 1), url:sub(hash)
  end
  local mark = url:find("?", 1, true)
  local joint = not mark and "?" or (mark == #url or url:sub(-1) == "&") and "" or "&"
  spec.url = url .. joint .. query .. fragment
end

function known.headers(spec, value, key)
  spec.headers = flatten(key, value)
end

function known.cookies(spec, value, key)
  local flat = flatten(key, value)
  for i = 1, #flat, 2 do
    local name, text = flat[i], flat[i + 1]
    if name == "" or name:find("[%c%s=;,]") or text:find("[%z\r\n;]") then
      blame.raise("option 'cookies': %s=%s can't be sent as a cookie", blame.show(name), blame.show(text))
    end
  end
  spec.cookies = flat
end

function known.data(spec, value, key)
  if type(value) == "table" then
    spec.body, spec.content_type = form(key, value), "application/x-www-form-urlencoded"
  else
    expect(key, value, "string", "a string, or a table that is sent as a form")
    spec.body = value
  end
end

function known.json(spec, value)
  local ok, text = co.pcall(core.json.encode, value)
  if not ok then blame.raise("option 'json': %s", tostring(text)) end
  spec.body, spec.content_type = text, "application/json"
end

function known.files() end -- with `data`, below

-- A form that carries files; `data` has its other fields.
local function apply_files(spec, given, what)
  if given.json ~= nil then blame.raise("%s: 'files' and 'json' exclude each other", what) end
  if given.data ~= nil and type(given.data) ~= "table" then
    blame.expected(what .. ": option 'data'", "a table, whose fields go with 'files'", given.data)
  end
  files.apply(spec, given.files, given.data and flatten("data", given.data) or {})
end

function known.auth(spec, value, key)
  expect(key, value, "table", "{ user, password }")
  local user, password = value[1], value[2]
  if type(user) ~= "string" or type(password) ~= "string" or value[3] ~= nil then
    blame.raise("option 'auth': expected { user, password }, two strings")
  end
  spec.user, spec.password = user, password
end

local TIMEOUTS = { "connect", "read", "total" }

function known.timeout(spec, value)
  if value == false then
    spec.connect, spec.read, spec.total = 0, 0, 0
  elseif is_seconds(value) then
    spec.connect, spec.read, spec.total = 0, 0, value
  elseif type(value) == "table" then
    for name, seconds in next, value do
      if name ~= "connect" and name ~= "read" and name ~= "total" then
        blame.unknown("kind of timeout", name, TIMEOUTS)
      end
      if seconds ~= false and not is_seconds(seconds) then
        blame.expected("option 'timeout'", name .. " to be a number of seconds above 0, or false", seconds)
      end
      spec[name] = seconds or 0
    end
  else
    blame.expected("option 'timeout'", "seconds above 0, { connect = , read = , total = } or false", value)
  end
end

function known.allow_redirects(spec, value, key)
  expect(key, value, "boolean", "true or false")
  spec.allow_redirects = value
end

function known.max_redirects(spec, value)
  if type(value) ~= "number" or value < 0 or value ~= floor(value) or value > 1000 then
    blame.expected("option 'max_redirects'", "a whole number from 0 to 1000", value)
  end
  spec.max_redirects = value
end

function known.verify(spec, value, key)
  if type(value) ~= "string" then expect(key, value, "boolean", "true, false, or a file of certificates") end
  spec.verify = value
end

function known.cert(spec, value, key)
  if type(value) == "table" then
    if type(value[1]) ~= "string" or type(value[2]) ~= "string" or value[3] ~= nil then
      blame.raise("option 'cert': expected { certificate, key }, the names of two files")
    end
    spec.cert, spec.key = value[1], value[2]
  else
    expect(key, value, "string", "the name of a file, or { certificate, key }")
    spec.cert = value
  end
end

function known.proxy(spec, value, key)
  expect(key, value, "string", "a URL")
  if not value:find("^%a[%w+.-]*://.") then
    blame.expected("option 'proxy'", "a URL with its scheme, as in 'http://127.0.0.1:3128'",
                   blame.masked(value))
  end
  spec.proxy = value
end

local VERSIONS = { "1.0", "1.1", "2", "2-prior-knowledge" }

function known.http_version(spec, value)
  for _, version in ipairs(VERSIONS) do
    if value == version then
      spec.http_version = value
      return
    end
  end
  blame.expected("option 'http_version'", ("one of '%s'"):format(concat(VERSIONS, "', '")), value)
end

function known.compress(spec, value, key)
  expect(key, value, "boolean", "true or false")
  spec.compress = value
end

-- These are the client's own: checked here, used there.

function known.stream(_spec, value, key)
  expect(key, value, "function", "a function that is called with the body as it comes")
end

function known.name(_spec, value, key)
  expect(key, value, "string", "a string")
  -- It is one line of a table.
  local at = value:find("[%z\r\n]")
  if at then blame.raise("option 'name' holds a line break or NUL at byte %d", at) end
end

function known.context(_spec, value, key)
  expect(key, value, "table", "a table")
end

function known.catch_response(_spec, value, key)
  expect(key, value, "boolean", "true or false")
end

local NAMES = blame.names(known)
---Of all options, sorted.
options.names = NAMES

---@param name any
---@return boolean
function options.is_known(name)
  return known[name] ~= nil
end

---Puts a call's options into its spec. Raises on what isn't known or doesn't fit.
---@param spec katydid.core.spec
---@param given table
---@param what string "client:get"
function options.apply(spec, given, what)
  for key, value in next, given do
    local apply = known[key]
    if not apply then blame.unknown("option", key, NAMES, what) end
    apply(spec, value, key)
  end
  if given.data ~= nil and given.json ~= nil then
    blame.raise("%s: 'data' and 'json' exclude each other", what)
  end
  if given.stream ~= nil and what == "client:rest" then
    blame.raise("client:rest reads the body as JSON: it can't have 'stream'")
  end
  if given.files ~= nil then apply_files(spec, given, what) end
end

return options
