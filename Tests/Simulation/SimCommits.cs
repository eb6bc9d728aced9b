namespace AkkaPrivacy.Tests.Simulation;

/// <summary>Holds each commit back, so that reading goes on before it: until the source lets it go, or somebody waits for it. A
/// seed replays, since everything happens in the reader's place.</summary>
public sealed class SimCommits(Random random, SimFaults faults)
{
    private Func<Task>? _held;
    private bool _stored;

    /// <summary>Whether a commit has begun and is not stored.</summary>
    public bool IsInProgress => _held is not null;

    public Func<Task> Begin(Func<Task> commit)
    {
        Task? task = null;
        _stored = false;
        _held = () => task ??= RunAsync(commit);
        return _held;
    }

    /// <summary>Lets a commit go now and then.</summary>
    public async ValueTask StepAsync()
    {
        if (_held is { } held && random.Next(4) == 0)
        {
            await held();
        }
    }

    /// <summary>Whether a commit has been stored since the last call.</summary>
    public bool TakeStored()
    {
        var stored = _stored;
        _stored = false;
        return stored;
    }

    private async Task RunAsync(Func<Task> commit)
    {
        _held = null;
        if (faults.Strikes(SimFault.CommitLost))
        {
            faults.LoseTransaction();
        }

        await commit();
        _stored = true;
    }
}
