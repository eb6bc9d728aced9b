using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads one entry of <c>pipeline.data-map</c>.</summary>
internal static class FieldSection
{
    private static readonly Rule<FieldType> Type = Rules.Choice(
        ("text", FieldType.Text), ("integer", FieldType.Integer), ("decimal", FieldType.Decimal), ("time", FieldType.Time));

    internal static readonly Rule<FieldClass> Class = Rules.Choice(
        ("direct-identifier", FieldClass.DirectIdentifier),
        ("quasi-identifier", FieldClass.QuasiIdentifier),
        ("sensitive", FieldClass.Sensitive),
        ("attribute", FieldClass.Attribute),
        ("measure", FieldClass.Measure),
        ("time", FieldClass.Time));

    private static readonly Rule<TimeRole> Role = Rules.Choice(
        ("none", TimeRole.None), ("event", TimeRole.Event), ("arrival", TimeRole.Arrival));

    private static readonly Rule<string> SourceName = new("the field's name in the source", (Hocon.HoconScalar s, out string v) =>
    {
        v = s.Text;
        return v.Length is > 0 and <= 256;
    });

    private static readonly Rule<string> Purpose = SourceName with { Allowed = "a text of 1 to 256 characters" };

    private static readonly Rule<TimeSpan> Retention =
        Rules.Duration(TimeSpan.Zero, TimeSpan.FromDays(36_600), "from 0 to 36600d");

    public static FieldDefinition Read(Section section)
    {
        var field = new FieldDefinition
        {
            Name = section.Name,
            From = section.TryGet("from", SourceName, out var from) ? from : null,
            Type = section.Require("type", Type, FieldType.Text),
            Class = section.Require("class", Class, FieldClass.Attribute),
            Role = section.Get("role", Role, "none"),
            Required = section.Get("required", Rules.Boolean, "false"),
            Resolution = section.Get("resolution", Rules.PositiveDecimal, "1"),
            Purposes = section.List("purposes", Purpose),
            Retention = section.Get("retention", Retention, "0s"),
            Treatment = TreatmentSection.Read(section),
        };
        section.Done();
        section.Context.Place(section.Origin, section.Path);
        return field;
    }

    /// <summary>The word for a class.</summary>
    public static string Word(FieldClass value) => value switch
    {
        FieldClass.DirectIdentifier => "direct-identifier",
        FieldClass.QuasiIdentifier => "quasi-identifier",
        FieldClass.Sensitive => "sensitive",
        FieldClass.Measure => "measure",
        FieldClass.Time => "time",
        _ => "attribute",
    };
}
