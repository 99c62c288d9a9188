-- shapes -- the ready load shapes: `require "katydid.shapes"`.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"

---Each is given a table of parameters, and gives a shape class for the script to return.
---@class katydid.shapes
local shapes = {
  stages = require "katydid.shapes.stages",
  steps = require "katydid.shapes.steps",
  ramp = require "katydid.shapes.ramp",
  spike = require "katydid.shapes.spike",
  wave = require "katydid.shapes.wave",
  double_wave = require "katydid.shapes.double_wave",
}

local NAMES = blame.names(shapes)

return setmetatable(shapes, {
  __index = function(_, name)
    blame.unknown("name", name, NAMES, "katydid.shapes")
  end,
  __newindex = function(_, name)
    blame.raise("katydid.shapes.%s: a script doesn't add names to katydid.shapes", tostring(name))
  end,
})
