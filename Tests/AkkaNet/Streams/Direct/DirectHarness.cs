using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Support;
using ArrivalMode = AkkaPrivacy.Engine.Graphs.ArrivalMode;
using PipelineSettings = AkkaPrivacy.Engine.Graphs.PipelineSettings;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>A store, and graphs over it that count visitors by hour.</summary>
internal sealed class DirectHarness
{
    private readonly InMemoryKeyRing _keys = new();

    public MemoryStore Store { get; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ArrivalMode Arrival { get; init; } = ArrivalMode.EventTime;

    public static DataMap Map { get; } = new(
    [
        new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
        new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
    ]);

    /// <summary>One visit a minute, without end.</summary>
    public static IEnumerable<InputLine> Endless()
    {
        for (var minute = 0L; ; minute++)
        {
            yield return new InputLine(minute, Visit(minute));
        }
    }

    /// <summary>Visits of so many hours.</summary>
    public static Source<InputLine, Akka.NotUsed> Hours(int hours) => Source.From(Endless().Take(60 * hours));

    public static string Visit(long minute) =>
        $$"""{"time":{{1_772_366_400_000 + (minute * 60_000)}},"user":"user-{{minute % 50}}@example.org"}""";

    public DirectPipeline Pipeline() => new(
        new EmbeddedRuntimeOptions { Store = Store, Ledger = new BudgetLedger(Clock), Outbox = new OutboxReader(), Keys = _keys, Time = Clock },
        new PipelineSettings
        {
            Name = "visitors",
            Account = new AccountPolicy { Account = "site", Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(1000) },
            Arrival = Arrival,
            AllowedLateness = TimeSpan.Zero,
            CheckpointInterval = TimeSpan.FromHours(1),
            QueueCapacity = 2,
        })
    {
        GatherFor = TimeSpan.FromMilliseconds(1),
        IdleAfter = TimeSpan.FromMilliseconds(5),
    };

    public Source<Batch<TokenizedRows>, TMat> Tokens<TMat>(Source<InputLine, TMat> lines) => lines.InBatches(Pipeline()).ParseJsonLines(Map).Tokenize();

    public Source<Batch<ReleasedValues>, TMat> Visitors<TMat>(Source<InputLine, TMat> lines) => Query(Tokens(lines));

    public static Flow<TIn, Batch<ReleasedValues>, TMat> Query<TIn, TMat>(Flow<TIn, Batch<TokenizedRows>, TMat> rows) => rows
        .Bound(new Bound { Subject = "user" })
        .TumblingWindow(TimeSpan.FromHours(1))
        .DistinctSubjects("visitors")
        .LaplaceNoise(1);

    public static Source<Batch<ReleasedValues>, TMat> Query<TMat>(Source<Batch<TokenizedRows>, TMat> rows) => rows
        .Bound(new Bound { Subject = "user", Bounds = new() { Windows = 24 } })
        .TumblingWindow(TimeSpan.FromHours(1))
        .DistinctSubjects("visitors")
        .LaplaceNoise(1);

    public ValueTask<IReadOnlyList<Release>> StoredAsync() =>
        Store.TransactAsync(transaction => ReleaseReader.ListAsync(transaction, ReleaseReader.Prefix("site", "visitors")));
}
