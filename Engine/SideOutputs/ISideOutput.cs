using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.SideOutputs;

/// <summary>Takes the places of rows that were left out: a file, a table of one's own. It never sees what was in a row.</summary>
/// <remarks>Each place is handed over before the state that follows from it is stored, and <see cref="Flush"/> is called in
/// between: what a stored state has left out has been flushed. After a crash the rows behind the last stored state are
/// judged again and their places come again, so places arrive at least once; run, source, position, reason and query tell
/// them apart. An output that throws stops the run.</remarks>
public interface ISideOutput
{
    /// <summary>Takes one place. Called from any lane, so it must be safe for concurrent use, and fast: rows wait for it.</summary>
    /// <param name="letter">The place.</param>
    void Add(in DeadLetter letter);

    /// <summary>Makes durable what was taken. Called before each stored state, by one caller at a time.</summary>
    void Flush();
}

/// <summary>A side output with the reasons that it takes.</summary>
/// <param name="Output">The output. Whoever made it disposes of it, after the run.</param>
/// <param name="Reasons">The reasons; at least one.</param>
public sealed record SideOutput(ISideOutput Output, IReadOnlySet<DeadLetterReason> Reasons);

/// <summary>A side output that calls a delegate.</summary>
/// <param name="add">Called for each place.</param>
internal sealed class DelegateSideOutput(Action<DeadLetter> add) : ISideOutput
{
    public void Add(in DeadLetter letter) => add(letter);

    public void Flush()
    {
        // What a delegate does with a place is done when it returns.
    }
}
