using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Hosting.Control;

/// <summary>What a caller asks of a run.</summary>
/// <param name="Command"><c>pause</c>, <c>resume</c>, <c>drain</c>, <c>stop</c>.</param>
/// <param name="Reason">Why, for the topology; may be empty.</param>
internal sealed record ControlRequest(string Command, string Reason);

/// <summary>What came of it.</summary>
/// <param name="Done">Whether the run took the command.</param>
/// <param name="Message">What happens now, or why nothing does.</param>
internal sealed record ControlReply(bool Done, string Message);

/// <summary>Carries out commands from outside on a run.</summary>
/// <param name="run">The run.</param>
internal sealed class RunControl(IPipelineRun run)
{
    /// <summary>Characters that a reason may have.</summary>
    public const int LongestReason = 200;

    /// <summary>Carries out a command.</summary>
    /// <param name="request">The command.</param>
    /// <returns>What came of it.</returns>
    public ControlReply Execute(ControlRequest request)
    {
        if (run.Completion.IsCompleted)
        {
            return new ControlReply(false, "The run has ended.");
        }

        switch (request.Command)
        {
            case "pause":
                var reason = new string([.. request.Reason.Where(character => !char.IsControl(character)).Take(LongestReason)]);
                run.Pause(reason.Length == 0 ? "paused from outside" : reason);
                return new ControlReply(true, "Pausing: reading stops before the next batch, and the state is stored.");
            case "resume":
                run.Resume();
                return new ControlReply(true, "Reading goes on.");
            case "drain":
                run.KillSwitch.Shutdown();
                return new ControlReply(true, "Draining: what was read passes through, the state is stored, the run ends.");
            case "stop":
                run.KillSwitch.Abort(new OperationCanceledException("stopped from outside"));
                return new ControlReply(true, "Stopping at once; the last stored state stays in force.");
            default:
                return new ControlReply(false, "The run does not know this command; it may be of another version.");
        }
    }
}
