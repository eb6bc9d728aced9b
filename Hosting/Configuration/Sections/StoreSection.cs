using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Storage.Postgres;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.store</c> and <c>pipeline.keys</c>.</summary>
internal static class StoreSection
{
    private static readonly Rule<bool> IsPostgres = Rules.Choice(("sqlite", false), ("postgres", true));

    private static readonly Rule<TimeSpan> BusyTimeout = Rules.Duration(TimeSpan.Zero, TimeSpan.FromSeconds(60), "from 0 to 60s");

    private static readonly Rule<TimeSpan> AnswerTimeout = Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "from 1s to 10m");

    public static StoreOptions Read(Section section)
    {
        var isPostgres = section.Get("type", IsPostgres, "sqlite");
        var options = new StoreOptions(
            section.Get("path", Rules.Path, "akkaprivacy.db"),
            section.Get("busy-timeout", BusyTimeout, "5s"))
        {
            Create = section.Get("create", Rules.Boolean, "true"),
            AnswerTimeout = section.Get("answer-timeout", AnswerTimeout, "30s"),
        };
        // Beside SQLite they are ignored, so that --set can change the type.
        var server = PostgresSection.Read(section, "akkaprivacy", isPostgres);
        if (isPostgres && !PostgresStoreOptions.IsConnection(server.Connection))
        {
            section.Error("connection", "it cannot be understood; allowed is a connection such as \"Host=db;Database=stats;Username=akkaprivacy\"");
        }

        if (!PostgresStoreOptions.IsSchema(server.Schema))
        {
            section.Error("schema", $"found '{server.Schema}'; names that begin with pg_ are the server's own");
        }

        section.Done();
        return isPostgres ? options with { Postgres = server } : options;
    }

    public static KeyOptions ReadKeys(Section section, StoreOptions store)
    {
        // Beside the store: state and the keys that gave it its meaning are moved and backed up together.
        var file = section.TryGet("file", Rules.Path, out var written) ? written : store.Path + ".keys";
        var options = new KeyOptions(
            file,
            section.Get("create", Rules.Boolean, "true"),
            section.Get("allow-group-read", Rules.Boolean, "false"));
        section.Done();
        return options;
    }
}
