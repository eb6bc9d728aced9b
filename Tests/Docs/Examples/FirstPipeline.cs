using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>From lines in memory to stored releases.</summary>
public static class FirstPipeline
{
    public static DataMap Map()
    {
        // <data-map>
        var map = new DataMap(
        [
            new FieldDefinition { Name = "time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event },
            new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment(), Required = true },
            new FieldDefinition { Name = "page", Type = FieldType.Text, Class = FieldClass.Attribute },
            new FieldDefinition { Name = "bytes", Type = FieldType.Integer, Class = FieldClass.Measure },
        ]);
        // </data-map>
        return map;
    }

    public static PipelineSettings Settings()
    {
        // <settings>
        var settings = new PipelineSettings
        {
            Name = "visits",
            Account = new AccountPolicy
            {
                Account = "site/visits",
                Measure = PrivacyMeasure.Approximate,
                BudgetPerPeriod = PrivacyCost.Approximate(epsilon: 3, delta: 1e-6),
            },
        };
        // </settings>
        return settings;
    }

    public static EmbeddedRuntime Runtime(IStore store, IKeyRing keys)
    {
        // <runtime>
        var runtime = new EmbeddedRuntime(new EmbeddedRuntimeOptions
        {
            Store = store,
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = keys,
        });
        // </runtime>
        return runtime;
    }

    public static async Task<RunSummary> RunAsync(IPipelineRuntime runtime, DataMap map, PipelineSettings settings, ReadOnlyMemory<byte> lines)
    {
        // <first-pipeline>
        RunnableGraph<Task<RunSummary>> graph = Source
            .FromLines(() => new MemoryLineSource("visits", lines))
            .ParseJsonLines(map)
            .Tokenize()
            .Sample("user", rate: 1)
            .Bound(new Bound
            {
                Subject = "user",
                GroupBy = ["page"],
                KnownKeys = [["/"], ["/prices"]],
                Bounds = new ContributionBounds { Groups = 2, RowsPerGroup = 3, Windows = 1 },
            })
            .TumblingWindow(TimeSpan.FromHours(1))
            .Count("views-per-page")
            .LaplaceNoise(epsilon: 1)
            .ToMaterialized(Sink.Store(), Keep.Right)
            .WithSettings(settings);

        RunSummary summary = await graph.Run(runtime);
        // </first-pipeline>
        return summary;
    }

    public static async Task<IReadOnlyList<Release>> ReadAsync(IStore store)
    {
        // <read-releases>
        IReadOnlyList<Release> releases = await store.TransactAsync(
            transaction => ReleaseReader.ListAsync(transaction, ReleaseReader.Prefix("site/visits", "visits")));
        // </read-releases>
        return releases;
    }
}
