using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.Operators.Parse;

internal static class Fields
{
    public static FieldDefinition Event(string name = "time", string? from = null) =>
        new() { Name = name, From = from, Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event };

    public static FieldDefinition Arrival(string name = "arrived") =>
        new() { Name = name, Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Arrival };

    public static FieldDefinition Time(string name) => new() { Name = name, Type = FieldType.Time, Class = FieldClass.Time };

    public static FieldDefinition Text(string name, string? from = null, bool required = false) =>
        new() { Name = name, From = from, Type = FieldType.Text, Class = FieldClass.Attribute, Required = required };

    public static FieldDefinition Integer(string name, string? from = null, bool required = false) =>
        new() { Name = name, From = from, Type = FieldType.Integer, Class = FieldClass.Measure, Required = required };

    public static FieldDefinition Decimal(string name, decimal resolution, string? from = null) =>
        new() { Name = name, From = from, Type = FieldType.Decimal, Class = FieldClass.Measure, Resolution = resolution };

    public static DataMap Map(params FieldDefinition[] fields) => new(fields);
}
