-- http_user -- a user with an HTTP client of its own: cookies, connections, default headers.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local Client = require "katydid.client"
local user = require "katydid.user"
local object = require "katydid.object"

---@class katydid.HttpUser: katydid.User
---@field client katydid.Client
local HttpUser = user.User:extend("HttpUser")

local info = object.info(HttpUser)
info.fields.abstract = true

-- What classes have in its place.
info.fields.client = setmetatable({}, {
  __index = function()
    blame.raise("only a running user has a client: self.client in a task, on_start or on_stop")
  end,
})

function info.fields:_prepare()
  self.client = Client.new(self)
  self._session = self.client._session
end

---Whoever has gone keeps no connection open, however long the collector takes.
function info.fields:_release()
  core.http.disconnect(self._session)
end

---Sends and expects JSON; see client:rest.
function info.fields:rest(...)
  return self.client:rest(...)
end

return HttpUser
