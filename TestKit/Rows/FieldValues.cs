using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.TestKit.Rows;

/// <summary>Values of fields as the sources of a pipeline bring them.</summary>
internal static class FieldValues
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = [];

    /// <summary>The fields of a record: its public properties.</summary>
    public static IReadOnlyList<(string Name, object? Value)> Of(object record) =>
    [
        .. Properties.GetOrAdd(record.GetType(), type => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)])
            .Select(property => (property.Name, property.GetValue(record))),
    ];

    /// <summary>A line of JSON; fields without a value are left out.</summary>
    public static byte[] ToJson(IReadOnlyList<(string Name, object? Value)> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields.Where(field => field.Value is not null))
            {
                json.WritePropertyName(name);
                Write(json, value!);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>A value as a column of a source holds it: bytes of a text, or a whole number of units.</summary>
    public static object? ToColumn(object? value, ColumnDefinition column) => (column.Type, value) switch
    {
        (_, null) => null,
        (ColumnType.Text, _) => Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture)!),
        (_, DateTimeOffset time) => time.ToUnixTimeMilliseconds(),
        (_, DateTime time) => new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds(),
        (ColumnType.Time, string time) => Instants.Parse(time).ToUnixTimeMilliseconds(),
        _ => decimal.ToInt64(Math.Round(Convert.ToDecimal(value, CultureInfo.InvariantCulture) / column.Resolution, MidpointRounding.ToEven)),
    };

    private static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case DateTimeOffset time: json.WriteStringValue(Instants.Text(time)); break;
            case DateTime time: json.WriteStringValue(Instants.Text(new DateTimeOffset(time.ToUniversalTime()))); break;
            default: JsonSerializer.Serialize(json, value, value.GetType()); break;
        }
    }
}
