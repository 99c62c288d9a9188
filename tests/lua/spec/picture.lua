-- picture -- a row of numbers as a little chart of text: the pictures of load shapes in lua/README.md.
-- SPDX-License-Identifier: MIT

local picture = {}

local EIGHTHS = { [0] = " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }

-- A round number from `most` upwards: 1, 2 or 5 with zeros, or ten times those.
local function ceiling_of(most)
  local power = 10 ^ math.floor(math.log10(most))
  for _, times in ipairs { 1, 2, 3, 4, 5, 6, 8, 10 } do
    if times * power >= most then return times * power end
  end
end

---values[i] is how many there were at second i. Columns show the mean of their slice of the time.
---@param values number[]
---@param width integer
---@param height integer
---@return string
function picture.draw(values, width, height)
  local columns, most = {}, 0
  for x = 1, width do
    local first, last = math.floor((x - 1) * #values / width) + 1, math.floor(x * #values / width)
    local sum = 0
    for i = first, last do sum = sum + values[i] end
    columns[x] = sum / (last - first + 1)
    most = math.max(most, columns[x])
  end
  local top = ceiling_of(most)
  local lines = {}
  for row = height, 1, -1 do
    local cells = {}
    for x, value in ipairs(columns) do
      local eighths = math.floor(value / top * height * 8 + 0.5) - (row - 1) * 8
      cells[x] = EIGHTHS[math.max(0, math.min(8, eighths))]
    end
    local label = ("%3s"):format(row == height and top or "")
    lines[#lines + 1] = (label .. " │" .. table.concat(cells)):gsub("%s+$", "")
  end
  lines[#lines + 1] = "  0 └" .. ("─"):rep(width)
  local seconds = ("%d s"):format(#values)
  lines[#lines + 1] = "     0 s" .. (" "):rep(width - #"0 s" - #seconds) .. seconds
  return table.concat(lines, "\n")
end

return picture
