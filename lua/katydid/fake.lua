-- fake -- made-up texts, names and identifiers. All of it is drawn from the stream of the user that runs, so
-- a run with the same seed makes up the same.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local random = require("katydid.core").rand.random

local fake = {}

local function words_of(text)
  local words = {}
  for word in text:gmatch("%S+") do
    words[#words + 1] = word
  end
  return words
end

-- From Cicero's De finibus bonorum et malorum, as printers have it.
local LOREM = words_of [[
  lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et
  dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea
  commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur
  excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est
  laborum perspiciatis unde omnis iste natus error voluptatem accusantium doloremque laudantium totam rem
  aperiam eaque ipsa quae ab illo inventore veritatis quasi architecto beatae vitae dicta explicabo nemo
  quia voluptas aspernatur aut odit fugit consequuntur magni dolores eos ratione sequi nesciunt neque
  porro quisquam dolorem numquam eius modi tempora incidunt magnam quaerat
]]
local FIRST = words_of [[
  Ada Alan Barbara Blaise Carl Charles Claude Dennis Donald Edsger Emmy Frances George Grace Hedy Ida John
  Joan Karen Katherine Ken Konrad Lynn Margaret Mary Maurice Niklaus Radia Robin Rozsa Shafi Sophie Tony
  Ursula Vera Wanda
]]
local LAST = words_of [[
  Allen Archer Baker Bell Brooks Carter Cooper Dyer Eckert Fisher Fletcher Gardner Glover Hopper Hunter
  Keller Kepler Lamarr Lovelace Mason Miller Naur Noether Potter Rhodes Sawyer Shepherd Smith Tanner
  Taylor Turner Walker Weaver Wright
]]

local function count(n, otherwise, what)
  if n == nil then return otherwise end
  if type(n) ~= "number" or n ~= math.floor(n) or n < 1 or n > 1000000 then
    blame.expected(what, "a whole number from 1 to 1000000", n)
  end
  return n
end

local function pick(list)
  return list[random(#list)]
end

---@return string
function fake.word()
  return pick(LOREM)
end

---@param n integer? 3
---@return string
function fake.words(n)
  local words = {}
  for i = 1, count(n, 3, "fake.words") do
    words[i] = pick(LOREM)
  end
  return table.concat(words, " ")
end

---@param n integer? words; 4 to 12 if not given
---@return string
function fake.sentence(n)
  n = count(n, nil, "fake.sentence")
  local text = fake.words(n or random(4, 12))
  return text:sub(1, 1):upper() .. text:sub(2) .. "."
end

---@param n integer? sentences; 3 to 6 if not given
---@return string
function fake.paragraph(n)
  n = count(n, nil, "fake.paragraph")
  local sentences = {}
  for i = 1, n or random(3, 6) do
    sentences[i] = fake.sentence()
  end
  return table.concat(sentences, " ")
end

---@param n integer? paragraphs, an empty line between them; 3 if not given
---@return string
function fake.text(n)
  local paragraphs = {}
  for i = 1, count(n, 3, "fake.text") do
    paragraphs[i] = fake.paragraph()
  end
  return table.concat(paragraphs, "\n\n")
end

---@return string
function fake.name()
  return pick(FIRST) .. " " .. pick(LAST)
end

---An address below example.com, where no mail ever arrives.
---@return string
function fake.email()
  return ("%s.%s%d@example.com"):format(pick(FIRST):lower(), pick(LAST):lower(), random(1, 9999))
end

---A random UUID (version 4).
---@return string
function fake.uuid4()
  return ("%04x%04x-%04x-4%03x-%04x-%04x%04x%04x"):format(
    random(0, 0xffff), random(0, 0xffff), random(0, 0xffff), random(0, 0xfff), random(0x8000, 0xbfff),
    random(0, 0xffff), random(0, 0xffff), random(0, 0xffff))
end

return fake
