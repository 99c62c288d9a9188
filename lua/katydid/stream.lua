-- stream -- the option `stream`: an answer's body, handed to a function while it comes.
--
-- The function runs in the user's own coroutine and may wait. What comes meanwhile is gathered up to a limit;
-- then no more is read, so that a slow function slows the server down.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"
local problem = require "katydid.problem"

local next_piece, stop_stream, STOP = core.http.next_piece, core.http.stop_stream, core.sched.STOP
local wait, xpcall = co.wait, co.xpcall

local stream = { start = core.http.start_stream }

---Waits for a request's end, and hands on what comes until then. Where the function throws, or leaves by a
---signal, that is what a handler would have done: it comes back as one, to be judged.
---@param request katydid.core.request of http.start_stream
---@param fn fun(piece: string): boolean? false: the rest isn't wanted
---@param handler fun(response: katydid.Response)? the script's
---@return fun(response: katydid.Response)? handler that is to judge
function stream.receive(request, fn, handler)
  while true do
    local piece = next_piece(request)
    if piece == nil then return handler end
    if piece then
      local ok, what = xpcall(fn, problem.describe, piece)
      if not ok then
        if not stop_stream(request, what == STOP) then error(what, 0) end
        return function()
          error(what, 0)
        end
      elseif what == false then
        stop_stream(request)
        return handler
      end
    else
      wait()
    end
  end
end

return stream
