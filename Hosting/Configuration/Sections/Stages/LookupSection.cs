using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Join;

namespace AkkaPrivacy.Hosting.Configuration.Sections.Stages;

/// <summary>Reads stages of type <c>enrich</c> and <c>join</c>.</summary>
internal static class LookupSection
{
    private static readonly Rule<TableFormat> Format = Rules.Choice(("csv", TableFormat.Csv), ("json-lines", TableFormat.JsonLines));

    private static readonly Rule<MissingKey> Missing = Rules.Choice(("empty", MissingKey.Empty), ("drop", MissingKey.Drop), ("default", MissingKey.Default));

    private static readonly Rule<string> ColumnName = new("a column of the table", (Hocon.HoconScalar s, out string v) =>
    {
        v = s.Text;
        return v.Length is > 0 and <= 256;
    });

    private static readonly Rule<FieldType> Type = Rules.Choice(("text", FieldType.Text), ("integer", FieldType.Integer), ("decimal", FieldType.Decimal));

    private static readonly Rule<TimeSpan> Interval = Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(366), "from 1s to 366d");

    private static readonly Rule<TimeSpan> Lead = Rules.Duration(TimeSpan.Zero, TimeSpan.FromDays(366), "from 0 to 366d");

    public static IReadOnlyList<GraphNode> ReadEnrich(Section section, string subject)
    {
        var field = section.Require("field", StageSection.FieldName, string.Empty);
        var missing = section.Get("missing", Missing, "empty");
        var file = section.Child("table");
        var (table, defaults) = Table(section, file);
        file.Done();
        return [.. EnrichExtensions.WithTreatments(new EnrichOperator(field, table) { Missing = missing, Defaults = defaults, Origin = section.Place }, table)];
    }

    public static IReadOnlyList<GraphNode> ReadJoin(Section section, string subject)
    {
        var field = section.Require("field", StageSection.FieldName, string.Empty);
        var missing = section.Get("missing", Missing, "empty");
        var file = section.Child("table");
        var (table, defaults) = Table(section, file);
        var join = new JoinOperator(field, table, file.Require("valid-from", ColumnName, string.Empty))
        {
            Missing = missing,
            Defaults = defaults,
            ReloadInterval = file.Get("reload-interval", Interval, "30s"),
            Lead = file.Get("lead", Lead, "10m"),
            Stamp = () => Stamp(table.File!),
            Origin = section.Place,
        };
        file.Done();
        return [.. EnrichExtensions.WithTreatments(join, table)];
    }

    private static (LookupTableOptions Table, Dictionary<string, string> Defaults) Table(Section stage, Section section)
    {
        var path = section.Require("path", Rules.Path, string.Empty);
        var columns = section.Children("columns");
        var defaults = new Dictionary<string, string>();
        var table = new LookupTableOptions
        {
            Name = stage.Name,
            File = path,
            Open = () => File.OpenRead(path),
            Format = section.Get("format", Format, "csv"),
            Key = section.Require("key", ColumnName, string.Empty),
            MaxRows = section.Get("max-rows", Rules.Integer(1, 50_000_000), "1000000"),
            Columns = [.. columns.Select(column => Column(column, defaults))],
        };
        return (table, defaults);
    }

    private static FieldDefinition Column(Section section, Dictionary<string, string> defaults)
    {
        var field = new FieldDefinition
        {
            Name = section.Name,
            From = section.TryGet("from", ColumnName, out var from) ? from : null,
            Type = section.Require("type", Type, FieldType.Text),
            Class = section.Require("class", FieldSection.Class, FieldClass.Attribute),
            Resolution = section.Get("resolution", Rules.PositiveDecimal, "1"),
            Treatment = TreatmentSection.Read(section),
        };
        if (section.TryGet("default", ColumnName with { Allowed = "a value of the column, as the table would have it" }, out var text))
        {
            defaults[section.Name] = text;
        }

        section.Done();
        return field;
    }

    // Enough to see that a file was written again.
    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}/{file.Length}") : "missing";
    }
}
