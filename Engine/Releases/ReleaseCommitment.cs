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
        Add(buffer, Bits(confidence));
        Add(buffer, groupBy.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var name in groupBy)
        {
            Add(buffer, name);
        }

        Add(buffer, groups.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var group in groups)
        {
            Add(buffer, group);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    private static void Add(ArrayBufferWriter<byte> buffer, ReleasedGroup group)
    {
        foreach (var part in group.Key)
        {
            Add(buffer, part);
        }

        Add(buffer, Text(group.Value));
        Add(buffer, Text(group.Low));
        Add(buffer, Text(group.High));
        Add(buffer, group.StandardError is { } error ? Bits(error) : "");
    }

    // A decimal can hold a negative zero, which JSON does not bring back.
    private static string Text(decimal value) => value == 0 ? "0" : value.ToString(Plain, CultureInfo.InvariantCulture);

    private static string Bits(double value) => BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value).ToString("x16", CultureInfo.InvariantCulture);

    private static void Add(ArrayBufferWriter<byte> buffer, string item)
    {
        var bytes = Encoding.UTF8.GetByteCount(item);
        var span = buffer.GetSpan(bytes + 12);
        bytes.TryFormat(span, out var digits, provider: CultureInfo.InvariantCulture);
        span[digits++] = (byte)':';
        digits += Encoding.UTF8.GetBytes(item, span[digits..]);
        span[digits++] = (byte)',';
        buffer.Advance(digits);
    }
}
