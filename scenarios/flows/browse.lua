-- flows/browse -- looking around in the shop: lists, items, searches.
-- SPDX-License-Identifier: MIT

local browse = {}

local WORDS = { "lamp", "chair", "clock", "basket" }

---The list, page by page.
---@param self table a user or a task set
function browse.list(self)
  self.client:get("/items", { params = { page = math.random(50) }, name = "/items?page=[n]" })
end

---One item. All of them are one line in the statistics, thanks to `name`. The handler looks at what came only
---where the status is a good one (`ok`): a bad one is a failure already.
---@param self table
---@return integer id
function browse.item(self)
  local id = math.random(1000)
  self.client:get("/items/" .. id, { name = "/items/[id]" }, function(response)
    if response.ok and response:json().id ~= id then
      response:failure("another item than the one asked for")
    end
  end)
  return id
end

---@param self table
function browse.search(self)
  local word = WORDS[math.random(#WORDS)]
  self.client:get("/search", { params = { q = word }, name = "/search" }, function(response)
    if response.ok and response:json().q ~= word then
      response:failure("the answer is to another search")
    end
  end)
end

return browse
