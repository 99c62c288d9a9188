-- flows/login -- signing in to the shop.
--
-- A flow is a module like any other: functions that take the user (or task set) and use its client. Scenarios
-- in the folder above find it by `require "flows.login"`.
-- SPDX-License-Identifier: MIT

local fake = require "katydid.fake"

local login = {}

---Signs in under a made-up name. The session's cookie stays with this user from then on.
---@param self table a user or a task set
function login.sign_in(self)
  local account = { user = fake.email(), password = "correct horse" }
  self.client:post("/login", { json = account }, function(response)
    if response.ok and not response.cookies.session then
      response:failure("no session cookie after signing in")
    end
  end)
end

return login
