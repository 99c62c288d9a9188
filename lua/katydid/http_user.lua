-- http_user -- users with an HTTP client of their own: cookies, connections, default headers.
--
-- HttpUser and FastHttpUser differ in what carries their requests, and in nothing else.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local Client = require "katydid.client"
local user = require "katydid.user"
local object = require "katydid.object"

-- What classes have in place of a client.
local no_client = setmetatable({}, {
  __index = function()
    blame.raise("only a running user has a client: self.client in a task, on_start or on_stop")
  end,
})

-- The metatable of instances of a class that have not asked for their client yet. Asking makes it, and the
-- instance one like any other: so who never sends has no client, and whoever sends looks up nothing dearer.
local function before_client(info, transport)
  local fields, instance = info.fields, info.instance
  return {
    __index = function(self, key)
      if key ~= "client" then return fields[key] end
      setmetatable(self, instance)
      local client = Client.new(self, transport)
      -- The script may put another client in the place of his; his session stays.
      rawset(self, "client", client)
      rawset(self, "_session", client)
      return client
    end,
    __newindex = instance.__newindex,
    __tostring = instance.__tostring,
    class = instance.class,
  }
end

-- `transport` as core.http.session wants it.
local function make(name, transport)
  local class = user.User:extend(name)
  local fields = object.info(class).fields
  fields.abstract = true
  fields.client = no_client

  local before = {} -- class -> that metatable

  function fields:_prepare()
    local info = object.info_of(self)
    before[info] = before[info] or before_client(info, transport)
    setmetatable(self, before[info])
  end

  ---Whoever has gone keeps no connection open, however long the collector takes.
  function fields:_release()
    local session = rawget(self, "_session")
    if session then Client.release(session) end
  end

  ---Sends and expects JSON; see client:rest.
  function fields:rest(...)
    return self.client:rest(...)
  end

  return class
end

local http_user = {}

---Over libcurl: all that curl speaks.
---@class katydid.HttpUser: katydid.User
---@field client katydid.Client
http_user.HttpUser = make("HttpUser", "curl")

---Over our own HTTP/1.1, for a fraction of the cost; neither HTTP/2 nor proxies.
---@class katydid.FastHttpUser: katydid.User
---@field client katydid.Client
http_user.FastHttpUser = make("FastHttpUser", "h1")

---Whether users of this class have a client.
---@param class katydid.User
---@return boolean
function http_user.has_client(class)
  return class:is(http_user.HttpUser) or class:is(http_user.FastHttpUser)
end

return http_user
