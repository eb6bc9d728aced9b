using System.Threading.Channels;
using AkkaPrivacy.Connectors.Memory;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Memory;

public sealed class RecordsTests : IOutlet<EventBatch>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly DataMap Map = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute, Required = true },
        new FieldDefinition { Name = "ms", Type = FieldType.Integer, Class = FieldClass.Measure },
        new FieldDefinition { Name = "price", Type = FieldType.Decimal, Class = FieldClass.Measure, Resolution = 0.01m },
    ]);

    private readonly BatchPool _pool = new();
    private readonly List<DeadLetter> _dead = [];
    private readonly List<string> _rows = [];

    [Fact]
    public async Task Records_become_columns()
    {
        await ReadAsync(Source([new Visit(Start, "/\u00e4", 5, 1.234m), new Visit(Start.AddSeconds(1), "", null, null)]));
        Assert.Equal(["1 0 /\u00e4 5 123", "2 1000  - -"], _rows);
        Assert.Empty(_dead);
    }

    [Fact]
    public async Task Bad_records_are_dead_letters_by_position()
    {
        await ReadAsync(Source([new Visit(null, "/", 1, 1), new Visit(Start, null, 1, 1), new Visit(Start, "/", -1, 1), new Visit(Start, "/", 1, 1), new Visit(DateTimeOffset.UnixEpoch, "/", 1, 1)]));
        Assert.Equal(["4 0 / 1 100"], _rows);
        Assert.Equal(
            [new(DeadLetterReason.MissingTime, 0, 1, "time"), new(DeadLetterReason.MissingField, 0, 2, "page"), new(DeadLetterReason.WrongType, 0, 3, "ms"), new(DeadLetterReason.TimeOutOfRange, 0, 5, "time")],
            _dead.OrderBy(letter => letter.Position));
    }

    [Fact]
    public async Task A_restart_passes_over_what_was_read()
    {
        var visits = Enumerable.Range(0, 10_000).Select(i => new Visit(Start, $"/{i}", i, 1)).ToList();
        await ReadAsync(Source(visits), new SourcePosition("records", "", 9998, 9998));
        Assert.Equal(["9999 0 /9998 9998 100", "10000 0 /9999 9999 100"], _rows);
        await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(visits[..5]), new SourcePosition("records", "", 6, 6)));
    }

    [Fact]
    public async Task A_channel_is_read_as_it_is_written_until_it_is_completed()
    {
        var channel = Channel.CreateBounded<Visit>(2);
        var source = new RecordSource<Visit>("channel", () => channel.Reader.ReadAllAsync(), Ways(), replays: false);
        var reading = ReadAsync(source, new SourcePosition("channel", "", 3, 3));
        for (var i = 0; i < 10; i++)
        {
            await channel.Writer.WriteAsync(new Visit(Start, $"/{i}", i, 1));
        }

        channel.Writer.Complete();
        await reading;
        Assert.Equal(10, _rows.Count);
        Assert.StartsWith("4 0 /0", _rows[0], StringComparison.Ordinal);
        Assert.Contains("cannot be read again", Assert.Single(source.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sequence_that_throws_fails_without_its_message()
    {
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(Enumerable.Range(0, 3).Select(i => i < 2 ? new Visit(Start, "/", 1, 1) : throw new FormatException("secret")))));
        Assert.Contains("FormatException", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_in_the_map_are_named()
    {
        Assert.Throws<ArgumentException>(() => Ways().Integer("page", _ => 1));
        Assert.Throws<ArgumentException>(() => Ways().Text("nothing", _ => ""));
        var errors = new PlanErrors();
        Assert.Null(new ReadRecords(Map, ["page"]).Plan(Ways().Schema, errors));
        Assert.Contains("no way was given", Assert.Single(errors.All).Message, StringComparison.Ordinal);
    }

    void IOutlet<EventBatch>.Push(EventBatch element)
    {
        foreach (var row in element.SelectedRows)
        {
            var time = element.Int64(RowSchema.EventTime).Values[row] - Start.ToUnixTimeMilliseconds();
            _rows.Add($"{element.FirstPosition + row} {time} {System.Text.Encoding.UTF8.GetString(element.Text(3)[row])} {Show(element.Int64(4).Values[row])} {Show(element.Int64(5).Values[row])}");
        }
    }

    private static string Show(long value) => value == Int64Column.Missing ? "-" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static RecordMap<Visit> Ways() => new RecordMap<Visit>(Map)
        .Time("time", visit => visit.At)
        .Text("page", visit => visit.Page)
        .Integer("ms", visit => visit.Ms >= 0 || visit.Ms is null ? visit.Ms : throw new InvalidOperationException("secret"))
        .Decimal("price", visit => visit.Price);

    private static RecordSource<Visit> Source(IEnumerable<Visit> visits) => new("records", () => One(visits), Ways(), replays: true);

    // Builds with Akka.NET have two methods ToAsyncEnumerable.
    private static async IAsyncEnumerable<Visit> One(IEnumerable<Visit> visits)
    {
        foreach (var visit in visits)
        {
            yield return await ValueTask.FromResult(visit);
        }
    }

    private async Task ReadAsync(RecordSource<Visit> source, params SourcePosition[] resume)
    {
        await using (source)
        {
            var letters = new DeadLetters(_dead.Add);
            var stage = new ReadRecords(Map, []).Plan(source.Schema, new PlanErrors())!.Create();
            stage.Start(new StageContext { Name = "read", Time = TimeProvider.System, Randomness = null!, Keys = null!, Pool = _pool, DeadLetters = letters, Metrics = new StageMetrics() });
            await source.OpenAsync(new SourceContext { Time = TimeProvider.System, DeadLetters = letters, Resume = resume }, default);
            while (true)
            {
                using var batch = _pool.RentBatch();
                switch (await source.ReadAsync(batch, default))
                {
                    case SourceRead.Rows:
                        stage.OnBatch(batch, this);
                        break;
                    case SourceRead.End:
                        return;
                }
            }
        }
    }

    private sealed record Visit(DateTimeOffset? At, string? Page, long? Ms, decimal? Price);
}
