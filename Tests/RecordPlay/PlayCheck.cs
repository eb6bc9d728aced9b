using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>Compares two traces: the same calls, and inputs no further apart than declared, each by itself, of a window, of a period
/// and as what the account was charged.</summary>
internal sealed class PlayCheck(PlayCase given, Tightness tightness)
{
    private const double Rounding = 1e-6;
    private readonly Dictionary<string, PlayBranch> _branches = given.Branches.SelectMany(branch => branch.Queries.Select(query => (query.Node.Name, branch))).ToDictionary(pair => pair.Name, pair => pair.branch);
    private readonly Dictionary<PlayBranch, HashSet<TimeWindow>> _windows = [];
    private readonly Dictionary<string, double> _shares = [];
    private double _loss;

    /// <summary>What is not as declared.</summary>
    public List<string> Faults { get; } = [];

    public void Compare(IReadOnlyDictionary<string, PlayRelease> first, IReadOnlyDictionary<string, PlayRelease> second)
    {
        foreach (var id in first.Keys.Union(second.Keys).Order(StringComparer.Ordinal))
        {
            if (first.GetValueOrDefault(id) is { } one && second.GetValueOrDefault(id) is { } other)
            {
                Compare(one, other);
            }
            else
            {
                Fault(id, $"it is released in the {(first.ContainsKey(id) ? "first" : "second")} stream only");
            }
        }

        new ContinualLoss(given, tightness, Fault).Add(first, second).ForEach(loss => _loss += loss);
        CheckPeriod();
    }

    /// <summary>Compares the loss of the period with what was charged for it.</summary>
    public void CheckCharge((PrivacyCost Spent, int Releases) first, (PrivacyCost Spent, int Releases) second)
    {
        if (first != second)
        {
            Fault("period", $"{first} was charged for the first stream and {second} for the second");
        }

        Limit("period", "charge", _loss, Factor(given.InRho) * first.Spent.Epsilon);
    }

    private double Factor(bool isSquared) => isSquared ? given.Factor * given.Factor : given.Factor;

    private void Compare(PlayRelease one, PlayRelease other)
    {
        if (one.Shape != other.Shape || !one.Calls.Select(call => call.Shape).SequenceEqual(other.Calls.Select(call => call.Shape)))
        {
            Fault(one.Id, $"calls differ: {one.Shape} {string.Join("; ", one.Calls.Select(call => call.Shape))} and {other.Shape} {string.Join("; ", other.Calls.Select(call => call.Shape))}");
            return;
        }

        var changes = one.Calls.Zip(other.Calls, CallChange.Of).ToList();
        foreach (var change in changes)
        {
            CheckCall(one.Id, change);
        }

        if (changes.TrueForAll(change => change.Groups == 0))
        {
            return;
        }

        var (query, window) = (one.Request.Id.Query, one.Request.Id.Window);
        if (window.StartMs < given.Period.StartMs || window.EndMs > given.Period.EndMs)
        {
            Fault(one.Id, $"a window of another accounting period changes: {string.Join(", ", changes.SelectMany(change => change.Changed))}");
        }

        var windows = _windows.TryGetValue(_branches[query], out var known) ? known : _windows[_branches[query]] = [];
        windows.Add(window);
        if (one.Request.MaxWindows != (changes[0].Kind == PlayCallKind.Step ? 1 : _branches[query].Bounds.Windows))
        {
            Fault(one.Id, $"the ledger was told of {one.Request.MaxWindows} windows");
        }

        CheckLoss(one, changes);
    }

    // Groups, each group's change and all changes together, as declared for the query.
    private void CheckCall(string id, CallChange change)
    {
        var (query, factor) = (change.Query, given.Factor * change.Query.Stability);
        var bounds = _branches[query.Name].Bounds;
        Limit(id, $"groups of {change.Kind}", change.Groups, factor * bounds.Groups);
        if (change.Kind == PlayCallKind.Selection)
        {
            Limit(id, "subjects of a key", change.LargestCell, 1);
            change.Revealing.ForEach(key => Fault(id, $"key '{key}' was kept in one stream and is not in the other"));
            return;
        }

        var (cell, touched) = query.Part is { } part ? (part.Largest, part.Touched) : (query.PerGroup, 1);
        var name = $"{query.Aggregate}{(query.Part is null ? query.LargestWeight > 1 ? " of weights" : "" : $" {query.Part.Name}")}{(change.Kind == PlayCallKind.Step ? " continual" : "")}{(query.Stability > 1 ? " moved" : "")}";
        Limit(id, $"{name}: change of a group", change.LargestCell, factor * cell);
        Limit(id, $"{name}: numbers of a group", change.MostCells, factor * touched);
        Limit(id, $"{name}: L1", change.Sum, (double)factor * bounds.Groups * query.PerGroup);
        Limit(id, $"{name}: L2 squared", change.Squares, Math.Pow(factor, 2) * bounds.Groups * (query.Part is { } squared ? (double)squared.SquaredChange : Math.Pow(query.PerGroup, 2)));
    }

    // What the noise that was drawn hides, of what the release costs; continual noise is looked at for a period.
    private void CheckLoss(PlayRelease release, List<CallChange> changes)
    {
        var (share, loss) = (0.0, 0.0);
        var parts = changes.Count(change => change.Kind == PlayCallKind.Noise);
        foreach (var change in changes.Where(change => change.Kind == PlayCallKind.Noise))
        {
            var isPure = change.Cost.Measure == PrivacyMeasure.Pure;
            var taken = isPure ? change.Sum / change.Scale : change.Squares / (2 * change.Scale * change.Scale);
            Limit(release.Id, $"{(isPure ? "Laplace" : "Gaussian")} loss", taken, Factor(!isPure) * change.Cost.Epsilon / parts);
            share += taken / change.Cost.Epsilon / Factor(!isPure);
            loss += isPure && given.InRho ? taken * taken / 2 : taken;
        }

        foreach (var change in changes.Where(change => change.Kind == PlayCallKind.Selection))
        {
            loss += change.Cost.Epsilon * change.Groups / _branches[release.Request.Id.Query].Bounds.Groups;
        }

        _shares[release.Request.Id.Query] = _shares.GetValueOrDefault(release.Request.Id.Query) + share;
        _loss += loss;
    }

    private void CheckPeriod()
    {
        foreach (var (branch, windows) in _windows)
        {
            var stability = given.Moves switch { PlayMoves.Households => 2, PlayMoves.Spread => 4, _ => 1 };
            Limit($"{branch.Text}: {string.Join(' ', windows)}", stability > 1 ? "windows moved" : "windows", windows.Count, given.Factor * stability * branch.Bounds.Windows);
        }

        foreach (var (query, share) in _shares)
        {
            Limit(query, "cost of all windows", share, _branches[query].Bounds.Windows);
        }
    }

    private void Limit(string what, string name, double measured, double declared)
    {
        tightness.Add(name, measured, declared);
        if (!(measured <= declared + (Rounding * Math.Max(1, declared))))
        {
            Fault(what, $"{name}: {measured} measured, {declared} declared");
        }
    }

    private void Fault(string what, string text) => Faults.Add($"{what}: {text}");
}

/// <summary>How far the inputs of a call lie apart.</summary>
internal sealed record CallChange(PlayCallKind Kind, QueryPlan Query, PrivacyCost Cost, double Scale)
{
    public int Groups { get; private set; }

    public long LargestCell { get; private set; }

    public int MostCells { get; private set; }

    public double Sum { get; private set; }

    public double Squares { get; private set; }

    /// <summary>Keys that were kept without being in both streams.</summary>
    public List<string> Revealing { get; } = [];

    /// <summary>The changes, for messages.</summary>
    public List<string> Changed { get; } = [];

    public static CallChange Of(PlayCall one, PlayCall other)
    {
        var change = new CallChange(one.Kind, one.Query, one.Cost, one.Scale);
        foreach (var key in one.Inputs.Keys.Union(other.Inputs.Keys))
        {
            change.Add(key, one.Inputs.GetValueOrDefault(key) ?? new long[other.Inputs[key].Length], other.Inputs.GetValueOrDefault(key) ?? new long[one.Inputs[key].Length]);
            if (one.Kind == PlayCallKind.Selection && one.Outputs.GetValueOrDefault(key) is [1] != other.Outputs.GetValueOrDefault(key) is [1])
            {
                change.Revealing.Add(key);
            }
        }

        return change;
    }

    private void Add(string key, long[] one, long[] other)
    {
        if (!one.SequenceEqual(other))
        {
            Changed.Add($"[{key}] {string.Join(' ', one)} and {string.Join(' ', other)}");
        }

        var cells = one.Zip(other, (a, b) => Math.Abs(a - b)).Where(cell => cell != 0).ToList();
        Groups += cells.Count > 0 ? 1 : 0;
        MostCells = Math.Max(MostCells, cells.Count);
        LargestCell = Math.Max(LargestCell, cells.Count > 0 ? cells.Max() : 0);
        Sum += cells.Sum(cell => (double)cell);
        Squares += cells.Sum(cell => (double)cell * cell);
    }
}

/// <summary>How much of what is declared was measured at most, by what it is declared for.</summary>
internal sealed class Tightness
{
    private readonly SortedDictionary<string, (double Largest, int Changed, int Reached)> _shares = new(StringComparer.Ordinal);

    public void Add(string name, double measured, double declared)
    {
        if (measured > 0 && declared > 0)
        {
            lock (_shares)
            {
                var (largest, changed, reached) = _shares.GetValueOrDefault(name);
                var share = measured / declared;
                _shares[name] = (Math.Max(largest, share), changed + 1, reached + (share > 0.9999 ? 1 : 0));
            }
        }
    }

    public double this[string name] => _shares.GetValueOrDefault(name).Largest;

    public IReadOnlyCollection<string> Names => _shares.Keys;

    public override string ToString() => string.Join('\n', _shares.Select(pair => $"{pair.Value.Largest,8:0.0000}  {pair.Value.Changed,9} changes  {pair.Value.Reached,9} at the bound  {pair.Key}"));
}
