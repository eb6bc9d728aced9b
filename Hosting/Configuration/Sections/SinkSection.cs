using System.Text.RegularExpressions;
using AkkaPrivacy.Connectors.Webhook;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads one entry of <c>pipeline.sinks</c>.</summary>
internal static partial class SinkSection
{
    private static readonly Rule<SinkType> Type = Rules.Choice(
        ("sqlite-table", SinkType.SqliteTable), ("postgres-table", SinkType.PostgresTable), ("json-lines", SinkType.JsonLines),
        ("csv", SinkType.Csv), ("parquet", SinkType.Parquet), ("webhook", SinkType.Webhook), ("console", SinkType.Console));

    private static readonly Rule<string> Table = Rules.Text(
        TablePattern(), "a table name: 1 to 63 characters of a-z A-Z 0-9 _, not beginning with a digit or sqlite_");

    private static readonly Rule<TimeSpan> Patience = Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "from 1s to 1h");

    private static readonly Rule<TimeSpan> Timeout = Rules.Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10), "from 100ms to 10m");

    private static readonly Rule<Uri> Url = new(
        "an absolute https or http address without user and password",
        (Hocon.HoconScalar s, out Uri v) => Uri.TryCreate(s.Text, UriKind.Absolute, out v!) && WebhookOptions.IsUrl(v));

    public static SinkOptions Read(Section section, StoreOptions store)
    {
        if (!SinkNamePattern().IsMatch(section.Name))
        {
            section.Error("a sink name is 1 to 64 characters of a-z A-Z 0-9 . _ -");
        }

        var type = section.Require("type", Type, SinkType.Console);
        var none = new SinkOptions(section.Name, type, string.Empty, string.Empty, section.Place);
        var options = type switch
        {
            SinkType.SqliteTable => none with
            {
                Path = section.TryGet("path", Rules.Path, out var file) ? file : store.Path,
                Table = section.Get("table", Table, "releases"),
            },
            SinkType.PostgresTable => ReadPostgres(section, none),
            SinkType.JsonLines => none with { Path = section.Require("path", Rules.Path, "releases.jsonl") },
            SinkType.Csv => none with { Path = section.Require("path", Rules.Path, "releases.csv") },
            SinkType.Parquet => none with { Path = section.Require("path", Rules.Path, "releases") },
            SinkType.Webhook => ReadWebhook(section, none),
            _ => none,
        };
        section.Done();
        return options;
    }

    private static SinkOptions ReadPostgres(Section section, SinkOptions options) => options with
    {
        Table = section.Get("table", Table, "releases"),
        Patience = section.Get("patience", Patience, "1m"),
        Postgres = PostgresSection.Read(section, "public", required: true),
    };

    private static SinkOptions ReadWebhook(Section section, SinkOptions options) => options with
    {
        Patience = section.Get("patience", Patience, "1m"),
        Webhook = new WebhookReceiverOptions(
            section.Require("url", Url, new Uri("https://localhost/")),
            SecretSection.Read(section, "secret"),
            SecretSection.Read(section, "token"),
            section.Get("timeout", Timeout, "10s")),
    };

    [GeneratedRegex(@"\A(?!(?i:sqlite_))[a-zA-Z_][a-zA-Z0-9_]{0,62}\z")]
    private static partial Regex TablePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,64}\z")]
    private static partial Regex SinkNamePattern();
}
