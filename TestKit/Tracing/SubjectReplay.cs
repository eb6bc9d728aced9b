using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>Gives a fresh bounded window the rows of one subject alone, row by row. Subjects do not bear on each other there, so
/// what comes out is this subject's contribution, as the stage that is under test measures it.</summary>
internal sealed class SubjectReplay(BranchPlan branch, BatchPool pool) : IOutlet<WindowAggregate>
{
    private readonly List<WindowAggregate> _fired = [];

    /// <summary>Measures every subject of a branch.</summary>
    public static BranchContributions Measure(BranchPlan branch, IEnumerable<WindowLog> logs)
    {
        var pool = new BatchPool();
        var (contributions, refused, taken) = (new List<Contribution>(), new List<RefusedRow>(), new List<BoundedRow>());
        foreach (var log in logs)
        {
            foreach (var subject in log.Entries.Where(entry => entry.Row is not null).Select(entry => entry.Row!.Subject).Distinct())
            {
                new SubjectReplay(branch, pool).Run(log, subject, contributions, refused, taken);
            }
        }

        return new BranchContributions(contributions, refused, taken);
    }

    public void Push(WindowAggregate element) => _fired.Add(element);

    public static string KeyOf(IEnumerable<string> parts) => string.Join('\u001f', parts);

    private void Run(WindowLog log, Token subject, List<Contribution> contributions, List<RefusedRow> refused, List<BoundedRow> taken)
    {
        var letters = new DeadLetters();
        var stage = branch.Create();
        stage.Start(new StageContext
        {
            Name = "measure",
            Time = new VirtualTime(DateTimeOffset.UnixEpoch),
            Randomness = new SeededNoise(0),
            Keys = new TestKeys(),
            Pool = pool,
            DeadLetters = letters,
            Metrics = new StageMetrics(),
        });
        var known = 0L;
        foreach (var entry in log.Entries)
        {
            if (entry.Row is null)
            {
                stage.OnFrontier(entry.Frontier, this);
            }
            else if (entry.Row.Subject == subject)
            {
                stage.OnBatch(BatchOf(entry.Row), this);
                var counts = letters.Counts;
                var all = counts.Values.Sum();
                if (all > known)
                {
                    refused.Add(new RefusedRow(entry.Row, NewReason(counts)));
                    known = all;
                }
                else
                {
                    taken.Add(entry.Row);
                }
            }
        }

        stage.Complete(this);
        Collect(subject, contributions);
    }

    private Dictionary<DeadLetterReason, long> Seen { get; } = [];

    private DeadLetterReason NewReason(IReadOnlyDictionary<DeadLetterReason, long> counts)
    {
        var grown = counts.First(pair => pair.Value > Seen.GetValueOrDefault(pair.Key)).Key;
        foreach (var (reason, count) in counts)
        {
            Seen[reason] = count;
        }

        return grown;
    }

    private void Collect(Token subject, List<Contribution> contributions)
    {
        foreach (var aggregate in _fired)
        {
            for (var group = 0; group < aggregate.Count; group++)
            {
                if (aggregate.Subjects[group] > 0)
                {
                    var sums = new long[aggregate.SumCount];
                    for (var sum = 0; sum < sums.Length; sum++)
                    {
                        sums[sum] = aggregate.Sums(sum)[group];
                    }

                    contributions.Add(new Contribution(subject, aggregate.Window, KeyOf(aggregate.KeyText(group)), aggregate.Rows[group], sums));
                }
            }
        }
    }

    private EventBatch BatchOf(BoundedRow row)
    {
        var batch = pool.RentBatch();
        var times = pool.RentInt64();
        times.Values[0] = row.TimeMs;
        batch.Set(RowSchema.EventTime, times);
        var tokens = pool.RentTokens();
        tokens.Values[0] = row.Subject;
        batch.Set(branch.Bounded.SubjectSlot, tokens);
        foreach (var (slot, text) in row.Texts)
        {
            var column = pool.RentText();
            column.Spans[0] = text is null ? TextSpan.Missing : column.Arena.Append(text);
            batch.Set(slot, column);
        }

        foreach (var (slot, number) in row.Numbers)
        {
            var column = pool.RentInt64();
            column.Values[0] = number;
            batch.Set(slot, column);
        }

        batch.FirstPosition = row.Position;
        batch.SelectAll(1);
        return batch;
    }
}
