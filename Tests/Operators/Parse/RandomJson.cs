using System.Globalization;
using System.Text;

namespace AkkaPrivacy.Tests.Operators.Parse;

/// <summary>Writes random JSON objects, in every way that the grammar allows.</summary>
internal sealed class RandomJson(int seed)
{
    private static readonly string[] Keys = ["time", "a", "b", "c", "dé", "x", "yy", "\\u0061", "a\\u0301", "", "\\\"", "\\ud800"];
    private static readonly string[] Escapes = ["\\\"", "\\\\", "\\/", "\\b", "\\n", "\\t", "\\u0041", "\\u00e9", "\\uD83D\\uDE00", "\\ud83d", "\\uDE00", "\\u0000"];
    private static readonly string[] Plain = ["x", "hello", "é", "漢字", "😀", " ", "a longer run of plain text that fills a vector", "'", "/", "\u007f"];
    private readonly Random _random = new(seed);
    private string[] _order = Keys;

    public string Line()
    {
        // Mostly the keys of the line before, as producers do.
        if (_random.Next(4) == 0)
        {
            _order = [.. Keys.Where(_ => _random.Next(2) == 0)];
            _random.Shuffle(_order);
        }

        var members = _order.Select(key => $"\"{key}\"{Space()}:{Space()}{Value(key)}{Space()}");
        return $"{Space()}{{{Space()}{string.Join("," + Space(), members)}}}{Space()}";
    }

    /// <summary>Changes, removes, adds or repeats a few bytes, or cuts the line off.</summary>
    public byte[] Damage(byte[] line)
    {
        var bytes = line.ToList();
        for (var times = _random.Next(1, 3); times > 0 && bytes.Count > 0; times--)
        {
            var at = _random.Next(bytes.Count);
            switch (_random.Next(5))
            {
                case 0: bytes[at] = (byte)_random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, "\"{}[],:\\0-e."u8[_random.Next(12)]); break;
                case 3: bytes.Insert(at, bytes[at]); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    private string Value(string key) => (key, _random.Next(12)) switch
    {
        (_, 0) => Any(0),
        ("time", _) => "\"2015-05-17T10:05:03Z\"",
        ("a" or "\\u0061" or "dé", _) => Text(),
        ("b", _) => Integer(),
        ("c", _) => Number(),
        _ => Any(0),
    };

    private string Any(int depth) => _random.Next(depth > 4 ? 5 : 7) switch
    {
        0 => Text(),
        1 => Number(),
        2 => "null",
        3 => _random.Next(2) == 0 ? "true" : "false",
        4 => Integer(),
        5 => $"[{Space()}{string.Join($"{Space()},{Space()}", Enumerable.Range(0, _random.Next(4)).Select(_ => Any(depth + 1)))}{Space()}]",
        _ => $"{{{Space()}{string.Join($"{Space()},", Enumerable.Range(0, _random.Next(4)).Select(_ => $"{Space()}{Text()}{Space()}:{Space()}{Any(depth + 1)}"))}{Space()}}}",
    };

    private string Text()
    {
        var text = new StringBuilder("\"");
        for (var parts = _random.Next(5); parts > 0; parts--)
        {
            text.Append(_random.Next(3) == 0 ? Escapes[_random.Next(_random.Next(3) == 0 ? Escapes.Length : 9)] : Plain[_random.Next(Plain.Length)]);
        }

        return text.Append('"').ToString();
    }

    private string Integer()
    {
        var sign = _random.Next(3) == 0 ? "-" : "";
        return _random.Next(6) switch
        {
            0 => sign + "0",
            1 => sign + _random.NextInt64().ToString(CultureInfo.InvariantCulture),
            2 => sign + "9223372036854775807",
            3 => sign + "9223372036854775808",
            4 => sign + (ulong.MaxValue / (ulong)_random.Next(1, 5)).ToString(CultureInfo.InvariantCulture) + Digits(2),
            _ => sign + Digits(12),
        };
    }

    private string Number()
    {
        var fraction = _random.Next(2) == 0 ? "." + Enumerable.Range(0, _random.Next(1, 25)).Aggregate("", (text, _) => text + "0255"[_random.Next(4)]) : "";
        var exponent = _random.Next(3) == 0 ? $"{"eE"[_random.Next(2)]}{new[] { "", "+", "-" }[_random.Next(3)]}{_random.Next(_random.Next(2) == 0 ? 5 : 40)}" : "";
        return Integer() + fraction + exponent;
    }

    private string Digits(int most) => _random.NextInt64(1, (long)Math.Pow(10, _random.Next(1, most + 1))).ToString(CultureInfo.InvariantCulture);

    private string Space() => _random.Next(6) == 0 ? new[] { " ", "\t", "  ", "\r" }[_random.Next(4)] : "";
}
