using System.Globalization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Running;
using AkkaPrivacy.TestKit.Tracing;

namespace AkkaPrivacy.TestKit.Assertions;

/// <summary>What is said of one window of a query that has fired. Every method returns the same object or throws
/// <see cref="PipelineAssertionException"/>.</summary>
public sealed class WindowAssertions
{
    private readonly PipelineTest _test;
    private readonly FiredRelease _fired;

    internal WindowAssertions(PipelineTest test, FiredRelease fired) => (_test, _fired) = (test, fired);

    private string Name => $"Query '{_fired.Id.Query}', window {_fired.Id.Window}";

    private Release? Stored => _test.Releases.FirstOrDefault(release => release.Id == _fired.Id);

    /// <summary>The window fired at this moment of virtual time.</summary>
    /// <param name="time">As <c>2026-03-02T10:00Z</c>.</param>
    /// <returns>This.</returns>
    public WindowAssertions FiredAt(string time)
    {
        var expected = Instants.Parse(time);
        return Require(_fired.At == expected, () => $"{Name}: expected to fire at {Instants.Text(expected)}, but fired at {Instants.Text(_fired.At)}. {_test.FiringRule}");
    }

    /// <summary>The bounded value of a group before noise. A known key without rows has 0.</summary>
    /// <param name="expected">The value, in units of the query.</param>
    /// <param name="key">The group, one part for each group-by field, as it is behind its treatment; none for a total.</param>
    /// <returns>This.</returns>
    public WindowAssertions Has(decimal expected, params string[] key)
    {
        var actual = _fired.Values.FirstOrDefault(value => value.Key.SequenceEqual(key))?.Value;
        return Require(actual == expected, () => $"{Name}, {Group(key)}: expected {Text(expected)}, but the bounded value before noise is {Actual(actual)}."
            + Explanation.OfGroup(_test.Judge(_fired.Id.Query), _fired.Id.Window, SubjectReplay.KeyOf(key.Take(_test.KeyParts(_fired.Id.Query))))
            + (actual is null ? Explanation.OfFields(_test.Map) : string.Empty));
    }

    /// <summary>Exactly these groups are there before key selection and noise; of known keys all are.</summary>
    /// <param name="keys">The groups in any order; the parts of a key are joined by <c>|</c>.</param>
    /// <returns>This.</returns>
    public WindowAssertions HasGroups(params string[] keys)
    {
        var actual = _fired.Values.Select(value => string.Join('|', value.Key)).Distinct().Order(StringComparer.Ordinal).ToList();
        return Require(actual.SequenceEqual(keys.Order(StringComparer.Ordinal)), () =>
            $"{Name}: expected the groups {List(keys)}, but there are {List(actual)}.{Explanation.OfFate(_test.Judge(_fired.Id.Query).Where(verdict => verdict.Fate != RowFate.Counts))}{Explanation.OfFields(_test.Map)}");
    }

    /// <summary>These groups, and no others, are published: key selection and the limit of published groups have let them through.</summary>
    /// <param name="keys">The groups in any order; the parts of a key are joined by <c>|</c>.</param>
    /// <returns>This.</returns>
    public WindowAssertions Publishes(params string[] keys)
    {
        IsReleased();
        var actual = Stored!.Groups.Select(group => string.Join('|', group.Key)).Order(StringComparer.Ordinal).ToList();
        return Require(actual.SequenceEqual(keys.Order(StringComparer.Ordinal)), () =>
            $"{Name}: expected to publish {List(keys)}, but publishes {List(actual)}. Groups before key selection: {string.Join(", ", _fired.Values.Select(value => $"'{string.Join('|', value.Key)}' with {Text(value.Value)}"))}. What is published without known keys depends on the seed.");
    }

    /// <summary>The window's values are stored, charged and published.</summary>
    /// <returns>This.</returns>
    public WindowAssertions IsReleased() => Require(Stored is not null, () => $"{Name}: expected to be released, but it is withheld: {Why()}");

    /// <summary>The window is withheld.</summary>
    /// <param name="code">For this reason; null for any.</param>
    /// <returns>This.</returns>
    public WindowAssertions IsWithheld(RefusalCode? code = null)
    {
        Require(Stored is null, () => $"{Name}: expected to be withheld, but it is released. It charged {Stored!.Receipt.Charged}; the period has {Stored.Receipt.LeftInPeriod} left.");
        return Require(code is null || Refusal()?.Code == code, () => $"{Name}: expected to be withheld as {code}, but it is as {Refusal()?.Code.ToString() ?? "unknown, which the end of the run tells"}: {Why()}");
    }

    /// <summary>By how much the release raised the account's charge in its period. A window beyond the W dearest ones of its group
    /// raises it by 0.</summary>
    /// <param name="loss">Epsilon, or rho for accounts in rho.</param>
    /// <param name="delta">Delta. Default: 0.</param>
    /// <returns>This.</returns>
    public WindowAssertions Charged(double loss, double delta = 0)
    {
        IsReleased();
        var charged = Stored!.Receipt.Charged;
        return Require(Costs.IsSame(charged, loss, delta), () =>
            $"{Name}: expected a charge of {Costs.Text(loss, delta)}, but it is {charged}. The release costs {Stored.Receipt.Cost}; a period is charged for the {Stored.Receipt.MaxWindows} dearest windows of composition group '{Stored.Receipt.CompositionGroup}'.{Costs.Ledger(_test.Releases, Stored.Receipt.PeriodStartMs)}");
    }

    private static string Group(string[] key) => key.Length == 0 ? "total" : $"group '{string.Join('|', key)}'";

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string List(IReadOnlyCollection<string> keys) => keys.Count == 0 ? "none" : string.Join(", ", keys.Order(StringComparer.Ordinal).Select(key => $"'{key}'"));

    private string Actual(decimal? actual) => actual is { } value ? Text(value)
        : $"not there: its groups are {List([.. _fired.Values.Select(group => string.Join('|', group.Key))])}";

    private Refusal? Refusal() => _test.RefusalOf(_fired.Id);

    private string Why() => Refusal() is { } refusal ? $"{refusal.Code}: {refusal.Message}" : "why is told when the run has ended (CompleteAsync).";

    private WindowAssertions Require(bool holds, Func<string> message) => holds ? this : throw new PipelineAssertionException(message());
}
