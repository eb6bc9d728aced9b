using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>
/// Holds a row stage of one's own to its promises, by random inputs: the declared stability, independence of how rows are cut into
/// batches, of restarts and of what the pool does with batches that were given back. A check that passes is no proof;
/// one that fails names the seed and the case.
/// </summary>
/// <remarks>All rows of a case lie in one day. A frontier behind all of them and the end of the input follow the rows.</remarks>
public sealed partial class StageCheck
{
    private readonly RowOperator _node;
    private readonly ProbeColumns _columns;

    /// <summary>A check.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="columns">The columns before it; one is a token, the subject.</param>
    /// <exception cref="ArgumentException">No column is a token.</exception>
    public StageCheck(RowOperator node, params (string Name, ColumnType Type)[] columns)
    {
        ArgumentNullException.ThrowIfNull(node);
        (_node, _columns) = (node, new ProbeColumns(columns));
        Subject = columns.FirstOrDefault(column => column.Type == ColumnType.Token).Name
            ?? throw new ArgumentException("No column is a token. The subject's is needed: stability is about subjects.", nameof(columns));
    }

    /// <summary>The subject's column, before and behind the stage. Default: the first token.</summary>
    public string Subject { get; init; }

    /// <summary>Random inputs of each check, 1 or more. Default: 100.</summary>
    public int Cases { get; init; } = 100;

    /// <summary>Seed of the inputs. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most rows of an input, 1 to 4096. Default: 40.</summary>
    public int MaxRows { get; init; } = 40;

    /// <summary>Values to draw from, for columns of which the stage makes something particular. Others get small numbers, short
    /// texts and, one time in ten, nothing. The subject gets five names.</summary>
    public IReadOnlyDictionary<string, object?[]> Values { get; init; } = new Dictionary<string, object?[]>();

    /// <summary>All checks.</summary>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">One fails.</exception>
    public StageCheck All() => Stability().BatchCuts().Restarts().PooledBatches();

    /// <summary>When all rows of one subject are replaced, the rows of no more subjects differ behind the stage than it declares; no
    /// row becomes more rows than it declares; and event times stay in their day.</summary>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">It is not so.</exception>
    public StageCheck Stability() => ForEach("stability", (random, input, name) =>
    {
        var subject = (string)input[random.Below(input.Count)][SubjectAt]!;
        var others = input.Where(row => !Equals(row[SubjectAt], subject)).ToList();
        var replaced = random.Below(2) == 0 ? [] : Rows(random, subject);
        var neighbour = others.Concat(replaced).OrderBy(ProbeColumns.TimeOf).ToList();
        var (first, second) = (Run(input), Run(neighbour));
        var declared = first.Plan.Stability;
        var differing = Differing(first.Rows, second.Rows);
        Require(differing.Count <= declared.Subjects, name, () =>
            $"the rows of one subject were replaced, and behind the stage those of {differing.Count} subjects differ; declared is {declared}, at most {declared.Subjects}. Noise is planned for {declared.Subjects}, so it does not hide this subject. Something is kept between rows of different subjects, or a row moves to another subject. The subject is '{subject}'; differing are {string.Join(", ", differing.Select(one => $"'{one}'"))}.");
        Require(first.Rows.Count <= (long)declared.Rows * input.Count, name, () =>
            $"{input.Count} rows became {first.Rows.Count}; declared is {declared}, at most {declared.Rows} for each.");
        var day = DayOf(ProbeColumns.TimeOf(input[0]));
        Require(first.Rows.All(row => DayOf(row.Time.ToUnixTimeMilliseconds()) == day), name, () =>
            "the event time of a row left the day that it was in. Budgets are kept by accounting period, so times stay in theirs.");
        CheckSingleRow(random, input, name);
    });

    /// <summary>However the rows are cut into batches, the same rows come out.</summary>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">It is not so.</exception>
    public StageCheck BatchCuts() => ForEach("batch cuts", (random, input, name) =>
        Same(Run(input).Rows, Run(input, new Life { Cuts = Cuts(random, input.Count) }).Rows, name, "the rows that come out depend on how the input is cut into batches. A batch is as large as the source happened to find it, so after a restart other rows would count."));

    /// <summary>With a snapshot and a restart between any two batches, the same rows come out, and a restored state is written as
    /// it was read.</summary>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">It is not so.</exception>
    public StageCheck Restarts() => ForEach("restarts", (random, input, name) =>
    {
        var cuts = Cuts(random, input.Count);
        Same(Run(input, new Life { Cuts = cuts }).Rows, Run(input, new Life { Cuts = cuts, RestartBefore = random.Below(cuts.Count) }).Rows, name, "other rows come out when the stage is restarted from its snapshot in the middle. Something that it needs is not in Snapshot, or Restore does not take it up.");
    });

    /// <summary>The stage holds on to nothing that it gave back: writing over what lies in the pool changes nothing; and every batch
    /// is back in the end.</summary>
    /// <returns>This.</returns>
    /// <exception cref="PipelineAssertionException">It is not so.</exception>
    public StageCheck PooledBatches() => ForEach("pooled batches", (random, input, name) =>
    {
        var cuts = Cuts(random, input.Count);
        Same(Run(input, new Life { Cuts = cuts, Poisons = false }).Rows, Run(input, new Life { Cuts = cuts }).Rows, name, "other rows come out when what lies in the pool is written over. The stage reads a batch, a column or an arena after it pushed or disposed of the batch; copy what must outlive the call.");
    });

    private static long DayOf(long timeMs) => timeMs / 86_400_000;

    // A row by itself: whatever the stage remembers, it cannot become more rows than are declared.
    private void CheckSingleRow(CaseRandom random, List<object?[]> input, string name)
    {
        var row = input[random.Below(input.Count)];
        var alone = Run([row]);
        Require(alone.Rows.Count <= alone.Plan.Stability.Rows, name, () => $"one row became {alone.Rows.Count}; declared is {alone.Plan.Stability}, at most {alone.Plan.Stability.Rows}.");
    }

    private HashSet<string> Differing(IReadOnlyList<ProbeRow> first, IReadOnlyList<ProbeRow> second)
    {
        var (a, b) = (BySubject(first), BySubject(second));
        return [.. a.Keys.Union(b.Keys).Where(subject => a.GetValueOrDefault(subject) != b.GetValueOrDefault(subject))];
    }

    private Dictionary<string, string> BySubject(IEnumerable<ProbeRow> rows) => rows
        .GroupBy(row => row.Values.TryGetValue(Subject, out var subject) ? subject as string ?? "(missing)" : throw new PipelineAssertionException($"Stage '{_node.Kind}': behind it there is no column '{Subject}'. Set StageCheck.Subject to the subject's column."))
        .ToDictionary(group => group.Key, group => string.Join('\n', group.Select(row => row.ToString()).Order(StringComparer.Ordinal)));

    private void Same(IReadOnlyList<ProbeRow> expected, IReadOnlyList<ProbeRow> actual, string name, string message)
    {
        var (a, b) = (expected.Select(row => row.ToString()).Order(StringComparer.Ordinal).ToList(), actual.Select(row => row.ToString()).Order(StringComparer.Ordinal).ToList());
        Require(a.SequenceEqual(b), name, () =>
        {
            var at = a.Zip(b, (x, y) => x == y).TakeWhile(same => same).Count();
            return $"{message} First difference: {a.ElementAtOrDefault(at) ?? "(no row)"} against {b.ElementAtOrDefault(at) ?? "(no row)"}.";
        });
    }

    private void Require(bool holds, string name, Func<string> message)
    {
        if (!holds)
        {
            throw new PipelineAssertionException($"Stage '{_node.Kind}', {name}: {message()}");
        }
    }

    private (IReadOnlyList<ProbeRow> Rows, Engine.Planning.RowPlan Plan) Run(IReadOnlyList<object?[]> input, Life? life = null)
    {
        life ??= new Life();
        var time = new VirtualTime(DateTimeOffset.UnixEpoch);
        var run = new StageRun(_node, _columns, time) { Poisons = life.Poisons };
        var rows = new List<ProbeRow>();
        var cuts = life.Cuts ?? [input.Count];
        for (int cut = 0, from = 0; cut < cuts.Count; from = cuts[cut++])
        {
            if (cut == life.RestartBefore)
            {
                // As at a barrier: what is buffered goes on before the state is written.
                rows.AddRange(run.OnIdle());
                run = Restarted(run, time);
            }

            if (cuts[cut] > from)
            {
                rows.AddRange(run.OnBatch([.. input.Skip(from).Take(cuts[cut] - from)], from + 1));
            }
        }

        rows.AddRange(run.OnFrontier(new Frontier(long.MinValue, End, true)));
        rows.AddRange(run.OnIdle());
        rows.AddRange(run.Complete());
        return (rows, run.Plan);
    }

    private StageRun Restarted(StageRun run, VirtualTime time)
    {
        var state = run.Snapshot();
        var next = new StageRun(_node, _columns, time, state) { Poisons = run.Poisons };
        return next.Snapshot().AsSpan().SequenceEqual(state) ? next
            : throw next.Failure("Snapshot, Restore and Snapshot give other bytes than the first Snapshot: a part of the state is lost, or is written in no fixed order.");
    }

    private sealed record Life
    {
        public IReadOnlyList<int>? Cuts { get; init; }

        public int RestartBefore { get; init; } = -1;

        public bool Poisons { get; init; } = true;
    }
}
