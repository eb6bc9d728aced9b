using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.TestKit.Stages;

/// <content>Random inputs.</content>
public sealed partial class StageCheck
{
    private const int Subjects = 5;
    private static readonly DateTimeOffset Day = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly long End = Day.AddDays(2).ToUnixTimeMilliseconds();
    private static readonly string[] Words = ["a", "b", "ab", "", "/x", "ä-long-word"];

    private int SubjectAt => 1 + _columns.Columns.ToList().FindIndex(column => column.Name == Subject);

    private static List<int> Cuts(CaseRandom random, int count)
    {
        var cuts = new List<int>();
        for (var at = 0; at < count;)
        {
            at = Math.Min(count, at + 1 + random.Below(Math.Max(1, count / 3)));
            cuts.Add(at);
        }

        return cuts;
    }

    private StageCheck ForEach(string check, Action<CaseRandom, List<object?[]>, string> assert)
    {
        for (var i = 0; i < Cases; i++)
        {
            var random = new CaseRandom(Seed, i);
            var name = $"check of {check}, seed {Seed}, case {i}";
            try
            {
                assert(random, Rows(random, null), name);
            }
            catch (Exception exception) when (exception is not (PipelineAssertionException or OutOfMemoryException or PlanException))
            {
                throw new PipelineAssertionException($"Stage '{_node.Kind}', {name}: it threw {exception.GetType().Name}, which would end the pipeline: {exception.Message} A column that was given back has no arena and no fixed content: copy what must outlive the call.");
            }
        }

        return this;
    }

    private List<object?[]> Rows(CaseRandom random, string? subject)
    {
        var count = 1 + random.Below(MaxRows);
        var rows = new List<object?[]>(count);
        var minute = random.Below(60);
        for (var i = 0; i < count; i++)
        {
            // In order of time, with ties, and within the day.
            minute = Math.Min(minute + random.Below(60), (24 * 60) - 1);
            rows.Add([Day.AddMinutes(minute), .. _columns.Columns.Select(column => column.Name == Subject ? subject ?? $"subject-{random.Below(Subjects)}" : Value(random, column))]);
        }

        return rows;
    }

    private object? Value(CaseRandom random, (string Name, ColumnType Type) column)
    {
        if (Values.TryGetValue(column.Name, out var values))
        {
            return values[random.Below(values.Length)];
        }

        return random.Below(10) == 0 ? null : column.Type switch
        {
            ColumnType.Text => Words[random.Below(Words.Length)],
            ColumnType.Token => $"other-{random.Below(Subjects)}",
            ColumnType.Time => Day.AddMinutes(random.Below(24 * 60)),
            _ => (long)random.Below(100) - 10,
        };
    }
}
