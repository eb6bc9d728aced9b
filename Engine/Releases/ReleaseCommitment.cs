using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>
/// The SHA-256 of what a release publishes: its id, what was counted, the mechanism, and every key, value, interval and
/// standard error. The charge's event holds it, so who has the release and its receipt sees whether a value was changed.
/// </summary>
/// <remarks>
/// <para>It is taken over these items, each written as its number of bytes in UTF-8, a colon, the bytes and a comma:
/// <c>akkaprivacy-values/1</c>; id; aggregate; mechanism; confidence; the number of group-by fields and each of them; the number of
/// groups, and of each its key's parts, value, low, high and standard error. Values and ends of intervals are plain decimals without
/// zeros at the end; confidence and standard error are the 16 hexadecimal digits of their IEEE 754 double, and one that is not stated is
/// empty. So it depends neither on the order of JSON's fields nor on how a sink writes numbers.</para>
/// <para>It holds no salt. What it is taken over is public already: it hides nothing and needs to hide nothing.</para>
/// </remarks>
public static class ReleaseCommitment
{
    private const string Form = "akkaprivacy-values/1";

    // 28 places are all that a decimal has.
    private const string Plain = "0.############################";

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>The commitment of a stored release; its receipt is no part of it.</summary>
    /// <param name="release">The release.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(Release release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return Of(release.Id, release.Aggregate, release.Mechanism, release.GroupBy, release.Groups, release.Confidence);
    }

    /// <summary>The commitment of values before they are stored.</summary>
    /// <param name="id">The release's id.</param>
    /// <param name="values">The values.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(ReleaseId id, DrawnValues values)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(values);
        return Of(id, values.Aggregate, values.Mechanism, values.GroupBy, values.Groups, values.Confidence);
    }

    private static string Of(
        ReleaseId id, string aggregate, string mechanism, IReadOnlyList<string> groupBy, IReadOnlyList<ReleasedGroup> groups, double confidence)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        Add(buffer, Form);
        Add(buffer, id.ToString());
        Add(buffer, aggregate);
        Add(buffer, mechanism);
        AddBits(buffer, confidence);
        AddNumber(buffer, groupBy.Count);
        for (var i = 0; i < groupBy.Count; i++)
        {
            Add(buffer, groupBy[i]);
        }

        AddNumber(buffer, groups.Count);
        for (var i = 0; i < groups.Count; i++)
        {
            AddGroup(buffer, groups[i]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    // A window may have many groups, so nothing is allocated for one.
    private static void AddGroup(ArrayBufferWriter<byte> buffer, ReleasedGroup group)
    {
        for (var i = 0; i < group.Key.Count; i++)
        {
            Add(buffer, group.Key[i]);
        }

        AddNumber(buffer, group.Value);
        AddNumber(buffer, group.Low);
        AddNumber(buffer, group.High);
        if (group.StandardError is { } error)
        {
            AddBits(buffer, error);
        }
        else
        {
            Add(buffer, "");
        }
    }

    // A decimal can hold a negative zero, which JSON does not bring back.
    private static void AddNumber(ArrayBufferWriter<byte> buffer, decimal value)
    {
        Span<byte> text = stackalloc byte[64];
        (value == 0 ? decimal.Zero : value).TryFormat(text, out var length, Plain, CultureInfo.InvariantCulture);
        Add(buffer, text[..length]);
    }

    private static void AddBits(ArrayBufferWriter<byte> buffer, double value)
    {
        Span<byte> text = stackalloc byte[16];
        BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value).TryFormat(text, out var length, "x16", CultureInfo.InvariantCulture);
        Add(buffer, text[..length]);
    }

    private static void Add(ArrayBufferWriter<byte> buffer, string item)
    {
        var bytes = Encoding.UTF8.GetByteCount(item);
        var span = Begin(buffer, bytes, out var at);
        End(buffer, span, at + Encoding.UTF8.GetBytes(item, span[at..]));
    }

    private static void Add(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> item)
    {
        var span = Begin(buffer, item.Length, out var at);
        item.CopyTo(span[at..]);
        End(buffer, span, at + item.Length);
    }

    private static Span<byte> Begin(ArrayBufferWriter<byte> buffer, int bytes, out int at)
    {
        var span = buffer.GetSpan(bytes + 12);
        bytes.TryFormat(span, out at, provider: CultureInfo.InvariantCulture);
        span[at++] = (byte)':';
        return span;
    }

    private static void End(ArrayBufferWriter<byte> buffer, Span<byte> span, int at)
    {
        span[at++] = (byte)',';
        buffer.Advance(at);
    }
}
