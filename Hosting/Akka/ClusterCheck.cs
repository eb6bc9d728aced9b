using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Hosting.Akka.Configuration;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Akka;

/// <summary>The part of <c>check</c> that concerns a node's file.</summary>
internal static class ClusterCheck
{
    /// <summary>Reads and checks a node's file, and whether the pipeline can run there; starts nothing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pipeline">The pipeline; null when it has mistakes of its own.</param>
    /// <returns>What the node would be.</returns>
    /// <exception cref="ConfigurationException">There are mistakes; all of them are listed.</exception>
    public static NodeReport Check(string file, PipelineConfiguration? pipeline)
    {
        var configuration = ClusterLoader.Load(new ClusterRequest(file, null, null, []), pipeline?.Options.Store.Path ?? "store.db");
        var settings = configuration.Settings;
        if (pipeline is not null)
        {
            Fit(pipeline, settings);
        }

        return new NodeReport
        {
            System = settings.System,
            Name = settings.Name,
            Roles = settings.Roles,
            Seeds = settings.Seeds,
            Ledger = settings.LedgerPlace.ToString().ToLowerInvariant(),
            JournalProvider = settings.JournalProvider,
            SettingsHash = configuration.Hash,
            Version = configuration.Version,
        };
    }

    /// <summary>Refuses a pipeline that the cluster cannot run.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="settings">The node's settings.</param>
    /// <exception cref="ConfigurationException">It cannot; all mistakes are listed.</exception>
    public static void Fit(PipelineConfiguration pipeline, ClusterSettings settings)
    {
        if (ClusterPlan.RunningTotals(pipeline.Plan, settings) is { Count: > 0 } names)
        {
            throw new ConfigurationException([.. names.Select(name => new ConfigurationError(Origin(pipeline, name), $"pipeline.queries.{name}.running", $"query '{name}' {ClusterPlan.RunningTotal}"))]);
        }
    }

    private static HoconOrigin Origin(PipelineConfiguration pipeline, string query) =>
        pipeline.Options.Queries.First(options => options.Name == query).RunningOrigin ?? new HoconOrigin("pipeline", 0, 0);
}
