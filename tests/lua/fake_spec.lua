-- Made-up data.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"
local fake = require "katydid.fake"

local function count(text, pattern)
  return select(2, text:gsub(pattern, ""))
end

describe("lorem ipsum", function()
  it("comes in words", function()
    check.match(fake.word(), "^%l+$")
    check.equal(count(fake.words(), "%l+"), 3)
    check.equal(count(fake.words(20), "%l+"), 20)
  end)

  it("comes in sentences", function()
    check.match(fake.sentence(5), "^%u%l* %l+ %l+ %l+ %l+%.$")
    for _ = 1, 100 do
      local n = count(fake.sentence(), "%a+")
      check(n >= 4 and n <= 12, n)
    end
  end)

  it("comes in paragraphs", function()
    check.equal(count(fake.paragraph(4), "%."), 4)
    check.equal(count(fake.text(10), "\n\n"), 9)
  end)

  it("wants a whole number", function()
    check.error(function() fake.words(0) end, "fake%.words: expected a whole number from 1 to 1000000, got 0")
    check.error(function() fake.text("3") end, "fake%.text: expected a whole number")
  end)
end)

it("names and addresses look like such", function()
  check.match(fake.name(), "^%u%a+ %u%a+$")
  check.match(fake.email(), "^%l+%.%l+%d+@example%.com$")
end)

it("UUIDs are of version 4, and differ", function()
  local seen = {}
  for _ = 1, 1000 do
    local uuid = fake.uuid4()
    check.match(uuid, "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$")
    check(not seen[uuid])
    seen[uuid] = true
  end
end)

it("users draw from their own streams", function()
  local function run(users)
    local made = {}
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      made[self.id] = fake.uuid4()
      self:stop()
    end)
    spec.run { classes = A, users = users }
    return made
  end
  local one, three = run(1), run(3)
  check.equal(one[1], three[1])
  check(three[1] ~= three[2])
end)
