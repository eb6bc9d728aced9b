using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Hosting.Control;

/// <summary>What a caller asks of a run.</summary>
/// <param name="Command"><c>pause</c>, <c>resume</c>, <c>drain</c>, <c>stop</c>, <c>reload</c>.</param>
/// <param name="Reason">Why, for the topology; may be empty.</param>
internal sealed record ControlRequest(string Command, string Reason)
{
    /// <summary>What to reload, in words of the run's process.</summary>
    public string? File { get; init; }

    /// <summary>Settings above that file.</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>Whether only to say what would happen.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether open windows may be left unreleased.</summary>
    public bool Discard { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Done">Whether the run took the command.</param>
/// <param name="Message">What happens now, or why nothing does.</param>
internal sealed record ControlReply(bool Done, string Message)
{
    /// <summary>The caller's exit code; null for the usual one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Code { get; init; }

    /// <summary>The same as one JSON object; null when there is no more than the message.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Document { get; init; }
}

/// <summary>Carries out commands from outside on a run.</summary>
/// <param name="run">The run.</param>
/// <param name="reload">Reloads its configuration; null where it cannot be.</param>
internal sealed class RunControl(IPipelineRun run, Func<ControlRequest, CancellationToken, Task<ControlReply>>? reload = null)
{
    /// <summary>Characters that a reason may have.</summary>
    public const int LongestReason = 200;

    /// <summary>Carries out a command.</summary>
    /// <param name="request">The command.</param>
    /// <param name="cancellationToken">Cancels the wait for the run's turn.</param>
    /// <returns>What came of it.</returns>
    public Task<ControlReply> ExecuteAsync(ControlRequest request, CancellationToken cancellationToken) =>
        request.Command == "reload" && !run.Completion.IsCompleted
            ? reload?.Invoke(request, cancellationToken) ?? Task.FromResult(new ControlReply(false, "This run takes up no other configuration: it is a node of a cluster, whose other nodes would go on with the former one. Drain the nodes, and start them with the new one.") { Code = Commands.ExitCode.Configuration })
            : Task.FromResult(Execute(request));

    private ControlReply Execute(ControlRequest request)
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
