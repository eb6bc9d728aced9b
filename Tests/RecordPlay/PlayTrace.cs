using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>What a call of a mechanism is for.</summary>
internal enum PlayCallKind
{
    /// <summary>Selection of keys; inputs are numbers of subjects, outputs 1 for a key that is kept.</summary>
    Selection,

    /// <summary>Noise on a number, or on several, of each key.</summary>
    Noise,

    /// <summary>A step of running totals with continual noise; outputs are the totals after it.</summary>
    Step,
}

/// <summary>One call of a mechanism: by key, what went in and what came out.</summary>
internal sealed record PlayCall(PlayCallKind Kind, QueryPlan Query, string Mechanism, PrivacyCost Cost, double Scale)
{
    public SortedDictionary<string, long[]> Inputs { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long[]> Outputs { get; } = new(StringComparer.Ordinal);

    /// <summary>All that must not depend on data. Of a selection, keys are data.</summary>
    public string Shape => $"{Kind} {Mechanism} {Cost} {(Kind == PlayCallKind.Selection ? "" : string.Join(' ', Inputs.Select(pair => $"{pair.Key}:{pair.Value.Length}")))}";
}

/// <summary>One release: what the ledger was asked and the calls that drew it.</summary>
internal sealed record PlayRelease(ReleaseRequest Request)
{
    public List<PlayCall> Calls { get; } = [];

    public string Id => Request.Id.ToString();

    public string Shape => $"{Request.Cost} {Request.CompositionGroup} {Request.MaxWindows}";
}
