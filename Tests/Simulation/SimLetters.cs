using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>A side output that keeps what it is told, and what was flushed.</summary>
internal sealed class SimLetters : ISideOutput
{
    private readonly List<DeadLetter> _told = [];

    /// <summary>Everything, also what came again.</summary>
    public IReadOnlyList<DeadLetter> All
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    /// <summary>Places whose reason a row has by itself, as the oracle writes them.</summary>
    public IEnumerable<SimLetter> OfRows(bool withQueries) => All
        .Where(letter => letter.Reason is DeadLetterReason.StageError or DeadLetterReason.NotInTable ? withQueries : letter.Query is null && SimLetter.OfRows.Contains(letter.Reason))
        .Select(letter => new SimLetter(letter.Reason, int.Parse(letter.Source!.Split('|')[^1]), letter.Position, letter.Query ?? ""));

    public void Add(in DeadLetter letter)
    {
        lock (_told)
        {
            _told.Add(letter);
        }
    }

    public void Flush()
    {
        // What was told is kept.
    }
}

/// <summary>The place of a row that is left out.</summary>
public sealed record SimLetter(DeadLetterReason Reason, int Partition, long Line, string Query)
{
    /// <summary>Reasons for which a row is left out before queries see it.</summary>
    public static readonly IReadOnlySet<DeadLetterReason> OfRows = new HashSet<DeadLetterReason>(SideOutputReasons.Faults) { DeadLetterReason.Late, DeadLetterReason.Early };
}
