-- client -- a user's HTTP client: start a request, wait, judge, count.
--
-- The hot path: a call without options makes no table of its own, and one without a handler calls nothing
-- twice.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local batch = require "katydid.batch"
local blame = require "katydid.blame"
local co = require "katydid.co"
local events = require "katydid.events"
local options_of = require "katydid.options"
local response_of = require "katydid.response"
local rest = require "katydid.rest"
local stream = require "katydid.stream"

local http, sched = core.http, core.sched
local start, collect, status_failure = http.start, http.collect, http.status_failure
local count = core.run.request
local pcall, wait = co.pcall, co.wait
local type, find, byte = type, string.find, string.byte
local request_event = events.request

---@class katydid.Client
---@field headers table<string, string> sent with each request of this user; nil removes
---@field cookies table<string, string> this user's
local methods = {}

-- The spec of calls without options; whatever is started copies what it keeps.
local plain = {}

local H, h, SLASH = byte "H", byte "h", byte "/"

-- Takes note of a base URL; credentials in it become those of each request below it.
local function set_base(client, host)
  client._host, client._base, client._name, client._password = host, host, false, false
  client._is_bare = not host:find("^[^:]*://[^/?#]*[/?#]")
  local ok, url = pcall(core.url.parse, host)
  if ok and url.user and url.password then
    client._base = host:gsub("//[^/?#]*@", "//", 1)
    client._name, client._password = core.url.decode(url.user), core.url.decode(url.password)
  end
end

local function is_below(url, base)
  return url:sub(1, #base) == base and not url:find("^[^/?#]", #base + 1)
end

local function is_url(path)
  return find(path, "^[Hh][Tt][Tt][Pp][Ss]?://") or find(path, "^[Hh][Tt][Tt][Pp]%+[Uu][Nn][Ii][Xx]://")
end

-- The URL of a path, and whether the base's credentials go with it.
local function url_of(client, path, what)
  local host = client._user.host
  if host ~= client._host and host then set_base(client, host) end
  local first = byte(path)
  if (first == h or first == H) and is_url(path) then
    return path, client._name and is_below(path, client._base)
  end
  if not host then
    blame.raise("%s: %s has no host; set `host` in the class, or give --host", what,
                tostring(client._user))
  end
  if first ~= SLASH and client._is_bare and find(path, "^[^?#]") then
    blame.raise("%s: expected a path that begins with '/', or an http:// or https:// URL, got %s", what,
                blame.show(blame.masked(path))) -- it would change the host
  end
  return client._base .. path, client._name
end

local function tell(method, name, ms, length, response, context, failure)
  request_event:tell {
    request_type = method,
    name = name,
    response_time = ms,
    response_length = length,
    response = response,
    context = context or {},
    exception = failure,
    start_time = response.start_time,
    url = response.request.url,
  }
end

-- The spec of a call that is more than a plain one.
local function full_spec(method, url, client, with_credentials, options, what)
  local spec = { method = method, url = url }
  if method == "HEAD" then spec.allow_redirects = false end
  if with_credentials then
    spec.user, spec.password = client._name, client._password
  end
  if options then options_of.apply(spec, options, what) end
  return spec
end

local function check_arguments(what, client, path, options, handler)
  if type(client) ~= "table" or not client._session then
    blame.raise("%s: called on %s; expected a client, as in self.%s(path)", what, blame.show(client), what)
  end
  if type(path) ~= "string" then blame.expected(what, "a path", path) end
  if options ~= nil and type(options) ~= "table" then
    blame.expected(what, "a table of options or a handler after the path", options)
  end
  if handler ~= nil and type(handler) ~= "function" then
    blame.expected(what, "a function as the handler", handler)
  end
  if options and options.catch_response and not handler then
    blame.raise("%s: catch_response needs a handler: function(response) … end as the last argument", what)
  end
end

-- `method` as sent, `recorded` as the statistics show it. With `as_json`, what client:rest adds. Always
-- called as a tail call of a client's method, so that the script is one level up.
local function perform(what, method, recorded, client, path, options, handler, as_json)
  if handler == nil and type(options) == "function" then
    options, handler = nil, options
  end
  check_arguments(what, client, path, options, handler)
  sched.check(what, 2)
  local url, with_credentials = url_of(client, path, what)
  local spec
  if options or with_credentials or as_json or method == "HEAD" then
    spec = full_spec(method, url, client, with_credentials, options, what)
    if as_json then rest.prepare(spec) end
  else
    spec = plain
    spec.method, spec.url = method, url
  end
  local on_piece = options and options.stream
  local ok, request = pcall(on_piece and stream.start or start, client._session, spec)
  if not ok then
    if co.is_signal(request) then error(request, 0) end
    blame.raise("%s: %s", what, tostring(request))
  end

  if on_piece then
    handler = stream.receive(request, on_piece, handler)
  else
    wait()
  end

  local response, status, ms, length, target, failure = collect(request)
  local name = options and options.name
  if not name or name == "" then name = target end
  if status >= 400 then failure = status_failure(status, response.reason, name) end
  local shown, signal = failure, nil
  if handler or as_json then
    local decided = as_json and rest.read(response, status, length)
    failure, shown, signal = response_of.judge(response, name, handler, failure, status ~= 0, decided)
  end
  count(recorded, name, ms, length, failure)
  if request_event._listeners[1] then
    tell(recorded, name, ms, length, response, options and options.context, shown)
  end
  if signal then error(signal, 0) end
  return response
end

-- The client of the running user, for client.get(path, …) with a dot.
local function running_client(what)
  local user = sched.user()
  if not user then sched.check(what, 3) end
  return user.client
end

local function check_method(what, method)
  if type(method) ~= "string" or not find(method, "^[%w!#$%%&'*+.^_`|~-]+$") then
    blame.expected(what, "a method, as 'GET'", method)
  end
end

for _, verb in ipairs { "get", "post", "put", "patch", "delete", "head", "options" } do
  local method, what = verb:upper(), "client:" .. verb
  methods[verb] = function(self, path, options, handler)
    if type(self) == "string" then
      return perform(what, method, method, running_client(what), self, path, options)
    end
    return perform(what, method, method, self, path, options, handler)
  end
end

---Any method; the statistics show it as it is written here.
---@param method string
---@param path string a path below the user's host, or an absolute URL
---@param options katydid.Options?
---@param handler fun(response: katydid.Response)?
---@return katydid.Response
function methods.request(self, method, path, options, handler)
  local what = "client:request"
  if type(self) == "string" then
    check_method(what, self)
    return perform(what, self:upper(), self, running_client(what), method, path, options)
  end
  check_method(what, method)
  return perform(what, method:upper(), method, self, path, options, handler)
end

---Sends and expects JSON: `response.js` is what came; a body that isn't JSON is a failure.
---@param method string
---@param path string
---@param options katydid.Options?
---@param handler fun(response: katydid.Response)?
---@return katydid.Response
function methods.rest(self, method, path, options, handler)
  if type(self) == "string" then
    self, method, path, options, handler = running_client("client:rest"), self, method, path, options
  end
  check_method("client:rest", method)
  if handler == nil and type(options) == "function" then
    options, handler = nil, options
  end
  return perform("client:rest", method:upper(), method, self, path, options, handler, true)
end

-- Raises what is wrong with a call, and sends nothing.
local function check_call(what, client, method, path, options, handler)
  check_method(what, method)
  check_arguments(what, client, path, options, handler)
  local url, with_credentials = url_of(client, path, what)
  local spec = full_spec(method:upper(), url, client, with_credentials, options, what)
  local ok, why = pcall(http.check, client._session, spec)
  if not ok then blame.raise("%s: %s", what, tostring(why)) end
end

---Sends several requests at once, each over a connection of its own, and waits for all.
---@param requests table[] each { method, path [, options] [, handler] }
---@return katydid.Response[] in the order of the requests
methods.batch = batch.method(check_call, methods.request, running_client)

-- client.headers and client.cookies: views of what the session keeps.

local SESSION = {}

local function view(what, get, set, all)
  return {
    __index = function(self, name)
      return get(self[SESSION], name)
    end,
    __newindex = function(self, name, value)
      if type(name) ~= "string" then blame.expected("client." .. what, "a name", name) end
      if type(value) == "number" then value = tostring(value) end
      if value ~= nil and type(value) ~= "string" then
        blame.expected(("client.%s.%s"):format(what, name), "a string, or nil to remove it", value)
      end
      local ok, why = pcall(set, self[SESSION], name, value)
      if not ok then blame.raise("client.%s.%s: %s", what, name, tostring(why)) end
    end,
    -- Called: a copy of all, for loops.
    __call = function(self)
      return all(self[SESSION])
    end,
  }
end

local views = {
  headers = view("headers", http.get_header, http.set_header, http.all_headers),
  cookies = view("cookies", http.get_cookie, http.set_cookie, http.all_cookies),
}
local PRIVATE = { headers = "_headers", cookies = "_cookies" }
local KNOWN = blame.names(methods)
KNOWN[#KNOWN + 1], KNOWN[#KNOWN + 2] = "cookies", "headers"

local function view_of(self, key)
  local private = PRIVATE[key]
  if not private then blame.unknown("name", key, KNOWN, "the client") end
  local made = rawget(self, private)
  if not made then
    made = setmetatable({ [SESSION] = self._session }, views[key])
    rawset(self, private, made)
  end
  return made
end

local Client = {
  __index = function(self, key)
    return methods[key] or view_of(self, key)
  end,
  -- client.headers = { … }: these instead of those that were there.
  __newindex = function(self, key, value)
    local all = view_of(self, key)
    if type(value) ~= "table" then
      blame.expected("client." .. key, "a table name -> value", value)
    end
    for name in next, all() do
      all[name] = nil
    end
    for name, one in next, value do
      all[name] = one
    end
  end,
}

local client = {}

---@param user katydid.User
---@param transport "curl"|"h1"
---@return katydid.Client
function client.new(user, transport)
  return setmetatable({
    _session = http.session(transport),
    _user = user,
    _host = false,
    _base = false,
    _is_bare = false,
    _name = false,
    _password = false,
  }, Client)
end

return client
