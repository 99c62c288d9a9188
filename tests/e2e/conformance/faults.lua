-- faults -- servers that do what none should: the failure is the same, word for word.
-- SPDX-License-Identifier: MIT

local function meet(c, server)
  for i = 1, 2 do
    local options = { timeout = server.timeout, name = server.name }
    c.ask(server.name .. " " .. i, "GET", server.url .. "/path", options, {
      status_code = 0,
      text = "",
      ["event.exception"] = function(found)
        return found ~= nil and not found:find("127.0.0.1", 1, true)
      end,
      untold = server.untold,
    })
  end
end

-- All at once, since some of them wait for a limit.
return function(c)
  local spawned = {}
  for i, server in ipairs(c.setup.servers) do
    spawned[i] = c.k.spawn(meet, c, server)
  end
  for _, one in ipairs(spawned) do
    one:join()
  end
end
