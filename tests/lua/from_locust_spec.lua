-- from_locust_spec -- the Lua examples of lua/FROM_LOCUST.md do what the page says they do.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

-- What each example requests, by the section that it stands in; "!" before a name: it fails.
local EXPECTED = {
  ["Your first test"] = { "GET /hello", "GET /world" },
  ["Writing a locustfile"] = { "GET /hello", "GET /item", "GET /world", "POST /login" },
  ["User class: weight, fixed_count, host, wait_time"] = { "GET /" },
  ["Tasks: the tasks attribute, tags"] = { "GET /function", "GET /tagged" },
  ["Events"] = { "GET /" },
  ["Validating responses"] = { "!GET /", "GET /does_not_exist/" },
  ["REST and JSON APIs"] = { "POST /bar" },
  ["Grouping requests"] = { "GET /blog?id=[id]" },
  ["MarkovTaskSet"] = { "GET /catalog", "GET /product", "POST /cart/add", "POST /checkout" },
  ["Stopping: a task, a user, the test"] = { "GET /next", "GET /queue", "POST /logout" },
  ["Faster users"] = { "GET /" },
  ["Exit codes"] = { "GET /" },
  ["Custom messages"] = { "GET /" },
  ["TaskSets"] = { "GET /cart", "GET /thread", "POST /pay" },
  ["Custom load shapes"] = { "GET /" },
  ["Testing other systems"] = { "rpc get_time" },
  ["Custom arguments"] = { "GET /mine" },
}

-- And what it says of the exit code, if anything.
local EXIT_CODES = { ["Stopping: a task, a user, the test"] = 3, ["Exit codes"] = 0 }

-- { title, script } of each example, in the order of the page.
local function examples()
  local found, title, lines = {}, nil, nil
  for line in io.lines("lua/FROM_LOCUST.md") do
    title = line:match("^## (.*)") or title
    if line == "```lua" then
      lines = {}
    elseif line == "```" and lines then
      found[#found + 1] = { title = title, script = table.concat(lines, "\n") }
      lines = nil
    elseif lines then
      lines[#lines + 1] = line
    end
  end
  return found
end

local waiting = 0 -- in the queue

local function answer(request)
  if request.url:find "/does_not_exist/" then return { status = 404 } end
  if request.url:find "/queue$" then
    waiting = waiting - 1
    return { body = ('{"waiting": %d}'):format(waiting) }
  end
  if request.url:find "/bar$" then
    return { body = '{"bar": 42}', headers = { "Content-Type", "application/json" } }
  end
  return { delay = 0.01 }
end

local function requested(result)
  local names = {}
  for name, entry in pairs(result.entries) do
    names[#names + 1] = (entry.failures > 0 and "!" or "") .. name
  end
  table.sort(names)
  return names
end

describe("an example of the page runs:", function()
  after_each(function()
    for _, name in ipairs {
      "init", "init_command_line_parser", "quitting", "request", "test_start", "test_stop",
    } do
      k.events[name]:forget_listeners()
    end
  end)

  local seen = {}

  for _, example in ipairs(examples()) do
    it(example.title, function()
      seen[example.title] = true
      spec.answer(answer)
      waiting = 8
      local has_shape = example.script:find "LoadTestShape"
      local result = spec.run {
        script = example.script,
        host = "http://example.test",
        users = 5,
        seconds = not has_shape and 90 or nil,
      }
      check.same(requested(result), EXPECTED[example.title])
      check.same(result.exceptions, {})
      for _, line in ipairs(result.log) do check(not line:find "^ERROR", line) end
      if has_shape then check.equal(result.users[15], 8) end
      check.equal(result.exit_code, EXIT_CODES[example.title])
      if example.title == "Custom messages" then check.contains(spec.printed(), "local has found 7") end
    end)
  end

  it("all that are expected", function()
    for title in pairs(EXPECTED) do check(seen[title], title) end
  end)
end)
