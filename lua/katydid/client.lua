-- client -- a user's HTTP client: start a request, wait, judge, count.
--
-- Most calls go the quick way: one call of C (http.fetch) that starts the request, waits, and counts it.
-- What that doesn't take (an unusual option, an absolute URL, anything wrong) goes the long way: options are
-- checked one by one into a spec, which http.start reads.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local batch = require "katydid.batch"
local blame = require "katydid.blame"
local co = require "katydid.co"
local events = require "katydid.events"
local object = require "katydid.object"
local options_of = require "katydid.options"
local response_of = require "katydid.response"
local rest = require "katydid.rest"
local stream = require "katydid.stream"

local http, sched, turn = core.http, core.sched, core.sched.turn
local start, collect, fetch = http.start, http.collect, http.fetch
local settle, outcome, is_session = http.settle, http.outcome, http.is_session
local pcall, wait = co.pcall, co.wait
local type, find, byte = type, string.find, string.byte
local request_event = events.request
local is_heard = false -- whether anybody listens to it
request_event:follow(function(has_listeners)
  is_heard = has_listeners
end)
local judge, ask = response_of.judge, response_of.ask

---@class katydid.Client
---@field headers table<string, string> sent with each request of this user; nil removes
---@field cookies table<string, string> this user's
local methods = {}

local H, h, SLASH = byte "H", byte "h", byte "/"

local next, rawget = next, rawget

-- A client is its session, which C knows; the rest of it, which no usual request looks at, lies in the
-- session's environment: the `host` that was seen last; `login`, the credentials in it, and what is left of
-- it without them; the views of headers and cookies; `replaced`, methods of its own; and by number what C
-- keeps.
local rest_of = debug.getfenv
local USER, NAME = 3, 4 -- in it: whose it is, and what its requests are renamed to

object.follow(http.doubt_bases)
object.notice("host", function(user)
  local client = rawget(user, "_session")
  if client then http.set_base(client, nil) end
end)

-- Takes note of a base URL; credentials in it become those of each request below it.
local function set_login(own, host)
  own.host, own.login = host, nil
  local ok, url = pcall(core.url.parse, host)
  if ok and url.user and url.password then
    own.login = {
      base = host:gsub("//[^/?#]*@", "//", 1),
      user = core.url.decode(url.user),
      password = core.url.decode(url.password),
    }
  end
end

local function is_below(url, base)
  return url:sub(1, #base) == base and not url:find("^[^/?#]", #base + 1)
end

local function is_url(path)
  return find(path, "^[Hh][Tt][Tt][Pp][Ss]?://") or find(path, "^[Hh][Tt][Tt][Pp]%+[Uu][Nn][Ii][Xx]://")
end

-- Takes note of the user's host, and has http.fetch take the same.
local function follow_host(client, own)
  local user = own[USER]
  local host = user.host
  if host ~= own.host and type(host) == "string" then set_login(own, host) end
  local base = type(host) == "string" and not own.login and host or nil
  http.set_base(client, base, rawget(user, "host") and base)
  return host
end

-- The client that was meant: itself, or what a script's own table inherits from; nil: it is none.
local function client_in(value)
  if is_session(value) then return value end
  local inner = type(value) == "table" and value._client
  return is_session(inner) and inner or nil
end

-- `call` is how it looks where it is right.
local function check_client(what, value, call)
  local inner = client_in(value)
  if not inner then
    blame.raise("%s: called on %s; expected a client, as in self.%s", what, blame.show(value), call)
  end
  return inner
end

-- The URL of a path, and the credentials that go with it.
local function url_of(client, path, what)
  local own = rest_of(client)
  local host = follow_host(client, own)
  local login, first = own.login, byte(path)
  if host ~= nil and type(host) ~= "string" then
    blame.expected(("%s: the host of %s"):format(what, tostring(own[USER])), "a URL", host)
  end
  if (first == h or first == H) and is_url(path) then
    return path, login and is_below(path, login.base) and login
  end
  if not host then
    blame.raise("%s: %s has no host; set `host` in the class, or give --host", what,
                tostring(own[USER]))
  end
  if first ~= SLASH and find(path, "^[^?#]") and not find(host, "^[^:]*://[^/?#]*[/?#]") then
    blame.raise("%s: expected a path that begins with '/', or an http:// or https:// URL, got %s", what,
                blame.show(blame.masked(path))) -- it would change the host
  end
  return (login and login.base or own.host) .. path, login
end

-- What the user says of all its requests, and over it what this one's options say.
local function whole_context(context)
  local user = core.sched.user()
  local general = user and user.context
  if type(general) ~= "function" then return context or {} end
  local whole = {}
  general = general(user)
  if type(general) ~= "table" then
    blame.raise("context of %s: expected a table, got %s", tostring(user), blame.show(general))
  end
  for _, part in ipairs { general, context } do
    for key, value in next, part do
      whole[key] = value
    end
  end
  return whole
end

-- `shown` is why it failed, as listeners see it.
local function tell(response, method, context, shown)
  request_event:tell {
    request_type = method,
    name = outcome(response),
    response_time = response.response_time,
    response_length = response.length,
    response = response,
    context = whole_context(context),
    exception = shown,
    start_time = response.start_time,
    url = response.request.url,
  }
end

-- Judges, counts and tells what a request came to.
local function conclude(response, method, options, handler, as_json)
  local shown, signal
  if handler or as_json then
    shown, signal = judge(response, handler, as_json)
  else
    shown = settle(response)
  end
  if is_heard then tell(response, method, options and options.context, shown) end
  if signal then error(signal, 0) end
  return response
end

local function full_spec(method, url, login, options, what)
  local spec = { method = method, url = url }
  if method == "HEAD" then spec.allow_redirects = false end
  if login then
    spec.user, spec.password = login.user, login.password
  end
  if options then options_of.apply(spec, options, what) end
  return spec
end

-- Returns the client.
local function check_arguments(what, client, path, options, handler)
  client = check_client(what, client, what .. "(path)")
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
  return client
end

-- The long way. `method` as sent, `recorded` as the statistics show it. With `as_json`, what client:rest
-- adds. Always called as a tail call of a client's method, so that the script is one level up.
local function perform(what, method, recorded, client, path, options, handler, as_json)
  if handler == nil and type(options) == "function" then
    options, handler = nil, options
  end
  client = check_arguments(what, client, path, options, handler)
  sched.check(what, 2)
  local url, login = url_of(client, path, what)
  local spec = full_spec(method, url, login, options, what)
  if as_json then rest.prepare(spec) end
  local on_piece = options and options.stream
  local ok, request = pcall(on_piece and stream.start or start, client, spec)
  if not ok then
    if co.is_signal(request) then error(request, 0) end
    blame.raise("%s: %s", what, tostring(request))
  end

  if on_piece then
    handler = stream.receive(request, on_piece, handler)
  else
    wait()
  end

  local name = options and options.name
  if not name or name == "" then name = rest_of(client)[NAME] end
  local response = collect(request, recorded, name)
  return conclude(response, recorded, options, handler, as_json)
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

-- What fetch came to. Listeners are told of it; of what a handler is to judge, once it has.
local function after_fetch(what, recorded, signal, response, options, handler)
  local shown, _
  if signal then error(signal, 0) end
  if not response then blame.raise("%s: the response is larger than Lua can hold", what) end
  turn.has_waited = true
  if handler then
    shown, signal = ask(response, handler)
  elseif is_heard then
    _, shown = outcome(response)
  end
  if is_heard then tell(response, recorded, options and options.context, shown) end
  if signal then error(signal, 0) end
  return response
end

-- The options that most calls have, where there are no others: true, the name, and up to two headers. What
-- else there is C looks through. Without a loop, so that it is compiled with its callers.
local function usual_options(options)
  local key1, first = next(options)
  local key2, second = next(options, key1)
  if key1 == nil or key2 ~= nil and next(options, key2) ~= nil then return end
  local name, headers
  if key1 == "name" then
    name, headers = first, second
  elseif key1 == "headers" then
    name, headers = second, first
  end
  if name ~= rawget(options, "name") or headers ~= rawget(options, "headers") then return end
  if type(name) ~= "string" or name == "" then return end
  if headers == nil then return true, name end
  if type(headers) ~= "table" then return end
  local name1, value1 = next(headers)
  if type(name1) ~= "string" or type(value1) ~= "string" then return end
  local name2, value2 = next(headers, name1)
  if name2 == nil then return true, name, name1, value1 end
  if type(name2) ~= "string" or type(value2) ~= "string" or next(headers, name2) ~= nil then return end
  return true, name, name1, value1, name2, value2
end

local function send(what, method, recorded, self, path, options, handler)
  if handler == nil and type(options) == "function" then
    options, handler = nil, options
  end
  if (options == nil or type(options) == "table")
     and (type(handler) == "function" or handler == nil and not (options and options.catch_response)) then
    local label = recorded ~= method and recorded or nil
    local is_usual, name, name1, value1, name2, value2
    if options then is_usual, name, name1, value1, name2, value2 = usual_options(options) end
    local signal, response
    if is_usual then
      signal, response = fetch(self, path, method, label, name, nil, handler, name1, value1, name2, value2)
    else
      signal, response = fetch(self, path, method, label, nil, options, handler)
    end
    if signal ~= nil or response ~= nil then
      return after_fetch(what, recorded, signal, response, options, handler)
    end
  end
  return perform(what, method, recorded, self, path, options, handler)
end

-- The call that there is most of, as `send` would do it: as little as can be between it and its request.
function methods.get(self, path, options, handler)
  if options == nil and handler == nil then
    local signal, response = fetch(self, path)
    if response and not is_heard then
      turn.has_waited = true
      return response
    end
    if signal ~= nil or response ~= nil then
      return after_fetch("client:get", "GET", signal, response)
    end
  end
  if type(self) == "string" then
    return perform("client:get", "GET", "GET", running_client("client:get"), self, path, options)
  end
  return send("client:get", "GET", "GET", self, path, options, handler)
end

for _, verb in ipairs { "post", "put", "patch", "delete", "head", "options" } do
  local method, what = verb:upper(), "client:" .. verb
  methods[verb] = function(self, path, options, handler)
    if type(self) == "string" then
      return perform(what, method, method, running_client(what), self, path, options)
    end
    return send(what, method, method, self, path, options, handler)
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
  return send(what, method:upper(), method, self, path, options, handler)
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
  client = check_arguments(what, client, path, options, handler)
  local url, login = url_of(client, path, what)
  local spec = full_spec(method:upper(), url, login, options, what)
  local ok, why = pcall(http.check, client, spec)
  if not ok then blame.raise("%s: %s", what, tostring(why)) end
end

---Sends several requests at once, each over a connection of its own, and waits for all.
---@param requests table[] each { method, path [, options] [, handler] }
---@return katydid.Response[] in the order of the requests
methods.batch = batch.method(check_call, methods.request, running_client, client_in)

local function check_name(what, name)
  if type(name) ~= "string" or name == "" or find(name, "[%z\r\n]") then
    blame.expected(what, "a name of one line", name)
  end
end

---From now on this client's requests have this name in the statistics, but those whose options name one.
---@param name string? nil: again path and query
function methods:rename_request(name)
  self = check_client("client:rename_request", self, "client:rename_request(name)")
  if name ~= nil then check_name("client:rename_request", name) end
  http.rename(self, name)
end

---Calls a function, whose requests have this name.
---@param name string
---@param fn fun(...): ...
---@param ... any for fn
---@return any ... what fn returned
function methods:with_name(name, fn, ...)
  self = check_client("client:with_name", self, "client:with_name(name, fn)")
  check_name("client:with_name", name)
  if type(fn) ~= "function" then blame.expected("client:with_name", "a function after the name", fn) end
  local before = rest_of(self)[NAME]
  http.rename(self, name)
  local function finish(ok, ...)
    http.rename(self, before)
    if not ok then error((...), 0) end
    return ...
  end
  return finish(pcall(fn, ...))
end

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
local KNOWN = blame.names(methods)
KNOWN[#KNOWN + 1], KNOWN[#KNOWN + 2] = "cookies", "headers"

local function view_of(client, key)
  if not views[key] then blame.unknown("name", key, KNOWN, "the client") end
  local own = rest_of(client)
  local made = own[key]
  if not made then
    made = setmetatable({ [SESSION] = client }, views[key])
    own[key] = made
  end
  return made
end

local is_any_replaced = false -- whether any client has a method of its own

local function look_up(client, key)
  local replaced = rest_of(client).replaced
  if replaced and replaced[key] ~= nil then return replaced[key] end
  if key == "_client" then return client end -- see client_in
  return methods[key] or view_of(client, key)
end

-- client.headers = { … }: these instead of those that were there. client.get = …: this client's own.
local function assign(client, key, value)
  if methods[key] then
    local own = rest_of(client)
    own.replaced = own.replaced or {}
    own.replaced[key], is_any_replaced = value, true
    return
  end
  local all = view_of(client, key)
  if type(value) ~= "table" then
    blame.expected("client." .. key, "a table name -> value", value)
  end
  for name in next, all() do
    all[name] = nil
  end
  for name, one in next, value do
    all[name] = one
  end
end

http.set_client_methods {
  __index = function(client, key)
    local method = methods[key]
    if method and not is_any_replaced then return method end
    return look_up(client, key)
  end,
  __newindex = assign,
  __tostring = function(client)
    return ("the client of %s"):format(tostring(rest_of(client)[USER]))
  end,
}

local client = {}

---@param user katydid.User
---@param transport "curl"|"h1"
---@return katydid.Client
function client.new(user, transport)
  local self = http.session(transport, user)
  -- The first request can go the quick way too, and what the long one needs isn't made for each user.
  if type(user.host) == "string" then follow_host(self, rest_of(self)) end
  return self
end

---Its user has gone: closes its connections, and lets go of all that he has. Who kept it may still use it.
---@param self katydid.Client
function client.release(self)
  local own = rest_of(self)
  local user = own[USER]
  own[USER] = setmetatable({ host = rawget(user, "host"), id = rawget(user, "id") }, getmetatable(user))
  http.disconnect(self)
end

return client
