-- bytecode -- what a script's bytecode tells of it, without running it: globals, calls of a client, requires.
--
-- jit.util shows the instructions of a file and of all functions in it. The few that matter are told by
-- compiling pieces of Lua whose bytecode they must be, so that no table of numbers has to fit this LuaJIT.
-- SPDX-License-Identifier: MIT

local bit = require "bit"
local util = require "jit.util"

local bytecode = {}

local JUMP_BIAS = 0x8000

---@class katydid.Instruction
---@field op integer
---@field a integer
---@field b integer
---@field c integer
---@field d integer

local function instruction(proto, pc)
  local word = util.funcbc(proto, pc)
  return {
    op = bit.band(word, 0xff),
    a = bit.band(bit.rshift(word, 8), 0xff),
    b = bit.rshift(word, 24),
    c = bit.band(bit.rshift(word, 16), 0xff),
    d = bit.rshift(word, 16),
  }
end

-- What each instruction is called here, a piece of Lua, and where it stands in that.
local PROBES = {
  { "GSET", "x = 1", 2 },
  { "GGET", "local a = x", 1 },
  { "TGETS", "local t; local a = t.x", 2 },
  { "TSETS", "local t; t.x = 1", 3 },
  { "TNEW", "local t = {}", 1 },
  { "TDUP", "local t = { x = 1 }", 1 },
  { "KSTR", "local a = 'x'", 1 },
  { "MOV", "local a; local b = a", 2 },
  { "CAT", "local a = x .. y", 3 },
  { "CALL", "f()", 2 },
  { "CALLT", "return f()", 2 },
  { "CALLM", "f(...)", 3 },
  { "CALLMT", "return f(...)", 3 },
  { "JMP", "if x then y() end", 3 },
  { "UGET", "local a; return function() return a end", 1, true },
}

local names -- op -> name
local gap -- registers between a function and its first argument

-- Fails where this LuaJIT writes the pieces otherwise.
local function learn()
  local of = {}
  for _, probe in ipairs(PROBES) do
    local proto = loadstring(probe[2])
    if probe[4] then proto = util.funck(proto, -1) end
    local op = instruction(proto, probe[3]).op
    if of[op] then
      error(("this LuaJIT (%s) has a bytecode of its own: %s is %s"):format(jit.version, probe[1], of[op]), 0)
    end
    of[op] = probe[1]
  end
  local call = loadstring "local a; a:b()"
  local moved = instruction(call, 2)
  if of[moved.op] ~= "MOV" then error("this LuaJIT calls methods in a way of its own", 0) end
  gap = moved.a - 1
  names = of
end

---One function of a file, or the file itself.
---@param proto any
---@param found any[]
local function collect(proto, found)
  found[#found + 1] = proto
  for i = 1, util.funcinfo(proto).gcconsts do
    local constant = util.funck(proto, -i)
    if type(constant) == "proto" then collect(constant, found) end
  end
  return found
end

-- Where jumps forward lead: target -> the first place from which one does.
local function landings(proto, n)
  local from = {}
  for pc = 1, n - 1 do
    local at = instruction(proto, pc)
    local target = pc + 1 + at.d - JUMP_BIAS
    if names[at.op] == "JMP" and target > pc then from[target] = from[target] or pc end
  end
  return from
end

-- Registers hold what is known of them: { is = "text", value } and the like; `at` is the instruction since
-- which it is so.
---@class katydid.Walk
---@field proto any
---@field facts katydid.Facts
---@field is_top boolean
---@field registers table<integer, table>
---@field pc integer
local Walk = {}
Walk.__index = Walk

function Walk:constant(index)
  return util.funck(self.proto, -index - 1)
end

function Walk:line()
  return util.funcinfo(self.proto, self.pc).currentline
end

function Walk:set(register, value)
  if value then value.at = self.pc end
  self.registers[register] = value
end

-- The argument of the call whose function lies in `base`; nil where it isn't known.
function Walk:argument(base, number)
  local value = self.registers[base + gap + number - 1]
  local called = self.registers[base]
  return value and called and value.at > called.at and value or nil
end

local handlers = {}

function handlers:GSET(at)
  local name = self:constant(at.d)
  if self.is_top then
    self.facts.top[name] = true
  else
    self.facts.writes[#self.facts.writes + 1] = { name = name, line = self:line() }
  end
end

function handlers:GGET(at)
  local name = self:constant(at.d)
  if not self.is_top then self.facts.reads[#self.facts.reads + 1] = { name = name, line = self:line() } end
  self:set(at.a, { is = "global", name = name })
end

function handlers:UGET(at)
  self:set(at.a, { is = "upvalue", name = util.funcuvname(self.proto, at.d) })
end

function handlers:KSTR(at)
  self:set(at.a, { is = "text", value = self:constant(at.d) })
end

-- "items/" .. id begins as its first part does.
function handlers:CAT(at)
  local first = self.registers[at.b]
  self:set(at.a, first and first.is == "text" and { is = "text", value = first.value, goes_on = true } or nil)
end

function handlers:MOV(at)
  local value = self.registers[at.d]
  self:set(at.a, value and value.is == "client" and { is = "client" } or nil)
end

local OWNERS = { user = true, parent = true }

function handlers:TGETS(at)
  local of, name = self.registers[at.b], self:constant(at.c)
  if of and of.is == "upvalue" and of.name then
    self.facts.uses[#self.facts.uses + 1] = { upvalue = of.name, name = name, line = self:line() }
  end
  if of and of.is == "client" then
    self:set(at.a, { is = "method", name = name })
  elseif name == "client" and (not of or of.is == "upvalue" or OWNERS[of.name]) then
    self:set(at.a, { is = "client" })
  else
    self:set(at.a, { is = "field", name = name })
  end
end

function handlers:TNEW(at)
  self:set(at.a, { is = "table", keys = {} })
end

function handlers:TDUP(at)
  local keys = {}
  for key in next, self:constant(at.d) do
    if type(key) == "string" then keys[key] = self:line() end
  end
  self:set(at.a, { is = "table", keys = keys })
end

function handlers:TSETS(at)
  local into = self.registers[at.b]
  if into and into.is == "table" then into.keys[self:constant(at.c)] = self:line() end
end

function handlers:CALL(at)
  local called = self.registers[at.a]
  if called and called.is == "method" then
    local list = {}
    for i = 2, 4 do
      list[i - 1] = self:argument(at.a, i) or false
    end
    self.facts.calls[#self.facts.calls + 1] = { method = called.name, arguments = list, line = self:line() }
  elseif called and called.is == "global" and called.name == "require" then
    local name = self:argument(at.a, 1)
    if name and name.is == "text" and not name.goes_on then
      self.facts.requires[#self.facts.requires + 1] = { name = name.value, line = self:line() }
    end
  end
  for register in next, self.registers do
    if register >= at.a then self.registers[register] = nil end
  end
end
handlers.CALLM, handlers.CALLT, handlers.CALLMT = handlers.CALL, handlers.CALL, handlers.CALL

function handlers.JMP() end

-- Where ways meet, what was written on one of them isn't known.
function Walk:forget_since(pc)
  for register, value in next, self.registers do
    if value.at > pc then self.registers[register] = nil end
  end
end

local function walk(proto, facts, is_top)
  local n = util.funcinfo(proto).bytecodes
  local landing = landings(proto, n)
  local self = setmetatable({ proto = proto, facts = facts, is_top = is_top, registers = {} }, Walk)
  for pc = 1, n - 1 do
    self.pc = pc
    if landing[pc] then self:forget_since(landing[pc]) end
    local at = instruction(proto, pc)
    local handler = handlers[names[at.op]]
    if handler then
      handler(self, at)
    else
      self.registers[at.a] = nil
    end
  end
end

---What is known of a file.
---@class katydid.Facts
---@field top table<string, true> globals that are set outside of functions
---@field writes { name: string, line: integer }[] globals that are set in functions
---@field reads { name: string, line: integer }[] globals that are read in functions
---@field uses { upvalue: string, name: string, line: integer }[] fields that are read of upvalues
---@field calls { method: string, arguments: (table|false)[], line: integer }[] of a client's methods; an
--- argument that isn't known is false, others are { is = "text", value, goes_on } or
--- { is = "table", keys = { name = line } }
---@field requires { name: string, line: integer }[]

---@param chunk function of a whole file
---@return katydid.Facts
function bytecode.facts(chunk)
  if not names then learn() end
  local facts = { top = {}, writes = {}, reads = {}, uses = {}, calls = {}, requires = {} }
  for i, proto in ipairs(collect(chunk, {})) do
    walk(proto, facts, i == 1)
  end
  return facts
end

return bytecode
