using System.CommandLine;
using AkkaPrivacy.LoadTests.Measuring;

namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary><c>compare window</c>: bounding and counting in one tumbling window.</summary>
internal static class WindowComparison
{
    private const int KeysPerSubject = 3;
    private const int Groups = 5;
    private const double Zipf = 1.05;
    private const int FewKeys = 1_000;

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        Option<int> keys = new("--keys") { Description = "Number of keys, 0 for totals. Default: 100.", DefaultValueFactory = _ => 100 };
        Option<double> zipf = new("--zipf") { Description = "Exponent of Zipf's law for keys, 0 for equal shares. Default: 0.", DefaultValueFactory = _ => 0 };
        Option<int> many = new("--many-keys") { Description = $"Keys of the comparison with {FewKeys} keys, 0 to leave it out. Default: 1000000.", DefaultValueFactory = _ => 1_000_000 };
        Option<int> subjects = new("--subjects") { Description = "Number of subjects in the window. Default: 20000.", DefaultValueFactory = _ => 20_000 };
        Option<int> rows = new("--rows") { Description = "Rows in the window. Default: 1048576.", DefaultValueFactory = _ => 1 << 20 };
        return new ComparisonCommand(
            "window",
            $"Bound and count page views of a window: {Groups} keys a subject, {DictionaryRun.RowsPerGroup} rows a key, on one thread, firing included.",
            $"""

            bounded-window   the product's stage
            count-by-key     its parts without the bounds: a tumbling count over keys from columns, as engines without subjects do it
            dictionaries     baseline: a loop over Dictionary, without expiry, lateness and restore
            dictionary-of-keys
                             baseline of count-by-key: one Dictionary by key, no subjects

            zipf-few, zipf-many
                             count-by-key where each row draws its own key by Zipf({Zipf}), among {FewKeys} keys and among --many-keys

            Each subject visits {KeysPerSubject} keys. bytes_per_subject and bytes_per_group are the state of the window over the
            subjects and over the groups in it.
            """,
            parsed =>
            [
                .. Contenders(Math.Max(0, parsed.GetValue(keys)), parsed.GetValue(zipf), parsed.GetValue(subjects), parsed.GetValue(rows)),
                .. ByZipf(parsed.GetValue(many), parsed.GetValue(subjects), parsed.GetValue(rows)),
            ])
        {
            keys, zipf, many, subjects, rows,
        };
    }

    private static List<Contender> Contenders(int keys, double zipf, int subjects, int rows)
    {
        var workload = new WindowWorkload(rows, subjects, Math.Max(1, keys), zipf, KeysPerSubject);
        var stage = new StageRun(workload, Groups, keys == 0);
        var loop = new DictionaryRun(workload, Groups, keys == 0);
        KeyCountRun count = new(workload, Math.Max(1, keys));
        RequireSameCounts(stage, loop);
        count.Pass();
        KeyLoopRun countLoop = new(workload);
        return
        [
            new("bounded-window", ContenderRole.Subject, stage.Pass)
            {
                Figures = [("bytes_per_subject", (double)(stage.StateBytes - count.GroupBytes) / subjects), BytesPerGroup(count), ("groups", count.Counts.Length)],
            },
            new("count-by-key", ContenderRole.Variant, count.Pass),
            new("dictionaries", ContenderRole.Baseline, loop.Pass),
            new("dictionary-of-keys", ContenderRole.Baseline, countLoop.Pass),
        ];
    }

    // More keys than caches hold, most of them rare.
    private static List<Contender> ByZipf(int keys, int subjects, int rows)
    {
        if (keys <= 0)
        {
            return [];
        }

        KeyCountRun few = new(new WindowWorkload(rows, subjects, FewKeys, Zipf, keysPerSubject: 0), FewKeys);
        KeyCountRun many = new(new WindowWorkload(rows, subjects, keys, Zipf, keysPerSubject: 0), keys);
        few.Pass();
        many.Pass();
        return
        [
            new("zipf-few", ContenderRole.Variant, few.Pass) { Figures = [BytesPerGroup(few), ("groups", few.Counts.Length)] },
            new("zipf-many", ContenderRole.Variant, many.Pass) { ComparedWith = "zipf-few", Figures = [BytesPerGroup(many), ("groups", many.Counts.Length)] },
        ];
    }

    private static (string Name, double Value) BytesPerGroup(KeyCountRun run) => ("bytes_per_group", (double)run.GroupBytes / run.Counts.Length);

    private static void RequireSameCounts(StageRun stage, DictionaryRun loop)
    {
        stage.Pass();
        loop.Pass();
        if (!stage.Last!.Rows.ToArray().Order().SequenceEqual(loop.Counts.Where(count => count > 0).Order()))
        {
            throw new InvalidOperationException("The stage and the loop count differently.");
        }
    }
}
