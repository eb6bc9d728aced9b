using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using Xunit;
using static AkkaPrivacy.Tests.Operators.Parse.Fields;

namespace AkkaPrivacy.Tests.Operators.Parse;

/// <summary>Random documents, whole and damaged, against System.Text.Json.</summary>
public sealed class DifferentialTests
{
    private const long TimeMs = 1431857103000;

    private readonly ParseHarness _harness = new(new ParseJsonLines(Map(
        Event(), Text("a"), Text("a2", from: "a"), Integer("b"), Decimal("c", 0.05m), Text("d", from: "dé"))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Agrees_with_JsonDocument(int seed)
    {
        var writer = new RandomJson(seed);
        var accepted = 0;
        for (var i = 0; i < 40; i++)
        {
            var lines = Enumerable.Range(0, 100).Select(_ => Encoding.UTF8.GetBytes(writer.Line())).ToArray();
            for (var j = 0; j < lines.Length; j += 3)
            {
                lines[j] = writer.Damage(lines[j]);
            }

            var rows = _harness.Run(lines, exactBuffer: i % 4 == 0);
            for (var j = 0; j < lines.Length; j++)
            {
                Compare(lines[j], rows[j], _harness.Dead.FindIndex(dead => dead.Position == j + 1));
                accepted += rows[j] is null ? 0 : 1;
            }
        }

        Assert.InRange(accepted, 300, 3900);
    }

    private void Compare(byte[] line, Dictionary<string, object?>? row, int deadIndex)
    {
        DeadLetterReason? reason = deadIndex < 0 ? null : _harness.Dead[deadIndex].Reason;
        var (expected, values) = Expect(line);
        if (values?.Item1 is "?")
        {
            Assert.True(reason is null or DeadLetterReason.MissingTime or DeadLetterReason.TimeOutOfRange);
            return;
        }

        Assert.True(expected == reason, $"{Encoding.Latin1.GetString(line)}: expected {expected}, was {reason}");
        Assert.Equal(expected is null && values is not null, row is not null);
        if (row is not null)
        {
            var actual = (row["$time"], row["a"], row["a2"], row["b"], row["c"], row["d"]);
            Assert.True(values!.Value.Equals(actual), $"{Encoding.UTF8.GetString(line)}: expected {values}, was {actual}");
        }
    }

    // What the product promises, by way of JsonDocument. Null and null for a blank line.
    private static (DeadLetterReason? Reason, (object?, object?, object?, object?, object?, object?)? Values) Expect(byte[] line)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line))
        {
            return (DeadLetterReason.InvalidUtf8, null);
        }

        if (line.All(value => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            return (null, null);
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return (DeadLetterReason.Malformed, null);
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object ? Expect(document.RootElement) : (DeadLetterReason.Malformed, null);
        }
    }

    private static (DeadLetterReason? Reason, (object?, object?, object?, object?, object?, object?)? Values) Expect(JsonElement root)
    {
        var wrong = false;
        object? time = null, a = null, b = null, c = null, d = null;
        foreach (var property in root.EnumerateObject())
        {
            var value = property.Value;
            switch (NameOf(property))
            {
                case "time": time = value.ValueKind == JsonValueKind.String && TextOf(value) == "2015-05-17T10:05:03Z" ? TimeMs : OtherTime(value); break;
                case "a": a = TextValue(value, ref wrong); break;
                case "b": b = IntegerValue(value, ref wrong); break;
                case "c": c = Units(value, ref wrong); break;
                case "dé": d = TextValue(value, ref wrong); break;
            }
        }

        return wrong ? (DeadLetterReason.WrongType, null)
            : time is null ? (DeadLetterReason.MissingTime, null)
            : (null, (time, a, a, b, c, d));
    }

    // Times have tests of their own; here it is enough that a damaged one does no harm.
    private static object? OtherTime(JsonElement value) =>
        value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? "?" : null;

    private static object? TextValue(JsonElement value, ref bool wrong)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => TextOf(value),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        wrong |= text is null && value.ValueKind != JsonValueKind.Null;
        return text;
    }

    private static object? IntegerValue(JsonElement value, ref bool wrong)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number != long.MinValue)
        {
            return number;
        }

        wrong |= value.ValueKind != JsonValueKind.Null;
        return null;
    }

    // Twentieths, ties to even, in whole numbers of any size.
    private static object? Units(JsonElement value, ref bool wrong)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            wrong |= value.ValueKind != JsonValueKind.Null;
            return null;
        }

        var parts = value.GetRawText().ToLowerInvariant().Split('e');
        var point = parts[0].IndexOf('.');
        var digits = BigInteger.Parse(parts[0].Replace(".", ""), CultureInfo.InvariantCulture);
        var power = (parts.Length > 1 ? (int)BigInteger.Clamp(BigInteger.Parse(parts[1], CultureInfo.InvariantCulture), -500, 500) : 0) - (point < 0 ? 0 : parts[0].Length - point - 1);
        var top = BigInteger.Abs(digits) * 20 * BigInteger.Pow(10, Math.Max(power, 0));
        var bottom = BigInteger.Pow(10, Math.Max(-power, 0));
        var units = BigInteger.DivRem(top, bottom, out var rest);
        var side = (2 * rest).CompareTo(bottom);
        units += side > 0 || (side == 0 && !units.IsEven) ? 1 : 0;
        wrong |= units > long.MaxValue;
        return units > long.MaxValue ? null : (long)units * (digits.Sign < 0 ? -1 : 1);
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
