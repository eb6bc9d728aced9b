using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads one entry of <c>pipeline.sinks</c>.</summary>
internal static partial class SinkSection
{
    private static readonly Rule<SinkType> Type = Rules.Choice(
        ("sqlite-table", SinkType.SqliteTable), ("json-lines", SinkType.JsonLines), ("csv", SinkType.Csv), ("console", SinkType.Console));

    private static readonly Rule<string> Table = Rules.Text(
        TablePattern(), "a table name: 1 to 63 characters of a-z A-Z 0-9 _, not beginning with a digit or sqlite_");

    public static SinkOptions Read(Section section, StoreOptions store)
    {
        if (!SinkNamePattern().IsMatch(section.Name))
        {
            section.Error("a sink name is 1 to 64 characters of a-z A-Z 0-9 . _ -");
        }

        var type = section.Require("type", Type, SinkType.Console);
        var (path, table) = type switch
        {
            SinkType.SqliteTable => (
                section.TryGet("path", Rules.Path, out var file) ? file : store.Path,
                section.Get("table", Table, "releases")),
            SinkType.Csv => (section.Require("path", Rules.Path, "releases.csv"), string.Empty),
            SinkType.JsonLines => (section.Require("path", Rules.Path, "releases.jsonl"), string.Empty),
            _ => (string.Empty, string.Empty),
        };
        section.Done();
        return new SinkOptions(section.Name, type, path, table, section.Place);
    }

    [GeneratedRegex(@"\A(?!(?i:sqlite_))[a-zA-Z_][a-zA-Z0-9_]{0,62}\z")]
    private static partial Regex TablePattern();

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,64}\z")]
    private static partial Regex SinkNamePattern();
}
