using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>Loads a table and says what is wrong with it, with the lines and never with a value.</summary>
/// <param name="options">The table.</param>
/// <param name="keyType">How the rows' keys are held: Text or Int64.</param>
/// <param name="validFrom">The column with the time from which a row holds; null when rows always do.</param>
/// <param name="defaults">One default a column, as written; null for none.</param>
internal sealed class TableLoader(LookupTableOptions options, ColumnType keyType, string? validFrom, IReadOnlyList<string?>? defaults)
{
    private const int MostMistakes = 20;
    private readonly List<(byte[] Key, long From, int Line, string?[] Values)> _rows = [];

    /// <summary>What is wrong; empty when the table was loaded.</summary>
    public List<string> Mistakes { get; } = [];

    private int First => validFrom is null ? 1 : 2;

    /// <summary>Loads the table.</summary>
    /// <returns>The table; null when there are mistakes.</returns>
    public LookupTable? Load()
    {
        try
        {
            using var stream = options.Open();
            ReadAll(stream);
        }
        catch (TableFormatException exception)
        {
            Say(exception.Line, exception.Message);
        }
        catch (DecoderFallbackException)
        {
            Mistakes.Add($"table '{options.Name}' ({options.Place}) is not UTF-8");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Mistakes.Add($"table '{options.Name}' ({options.Place}) cannot be read: {(exception.GetType().Name.EndsWith("NotFoundException", StringComparison.Ordinal) ? "there is no such file" : exception.GetType().Name)}");
        }

        // By key, then by time: versions of a key stand together, and the hash does not depend on the order in the file.
        _rows.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key) is not 0 and var order ? order : a.From.CompareTo(b.From));
        FindDuplicates();
        var columns = Mistakes.Count == 0 ? options.Columns.Select((field, i) => Column(field, i)).ToList() : [];
        return Mistakes.Count == 0 ? Table(columns!) : null;
    }

    private void ReadAll(Stream stream)
    {
        string[] names = [options.Key, .. validFrom is null ? Array.Empty<string>() : [validFrom], .. options.Columns.Select(field => field.SourceName)];
        foreach (var record in TableRecords.Read(stream, options.Format, names))
        {
            if (Key(record) is { } key && From(record) is { } from)
            {
                _rows.Add((key, from, record.Line, record.Values));
            }

            if (_rows.Count > options.MaxRows)
            {
                Say(record.Line, $"there are more than {options.MaxRows} rows, which is max-rows");
                return;
            }

            if (Mistakes.Count >= MostMistakes)
            {
                return;
            }
        }
    }

    private byte[]? Key(TableRecord record)
    {
        if (record.Values[0] is not { } text)
        {
            Say(record.Line, $"there is no '{options.Key}'; every row has a key");
            return null;
        }

        if (keyType == ColumnType.Text)
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var key = new byte[sizeof(long)];
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            BinaryPrimitives.WriteInt64LittleEndian(key, number);
            return key;
        }

        Say(record.Line, $"'{options.Key}' is no whole number, but the field that is looked up is one");
        return null;
    }

    private long? From(TableRecord record)
    {
        if (validFrom is null)
        {
            return long.MinValue;
        }

        if (record.Values[1] is { } text && DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.fffK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time))
        {
            return time.ToUnixTimeMilliseconds();
        }

        Say(record.Line, $"'{validFrom}' is no instant such as 2026-01-01T00:00:00Z");
        return null;
    }

    private void FindDuplicates()
    {
        for (var i = 1; i < _rows.Count && Mistakes.Count < MostMistakes; i++)
        {
            var (row, last) = (_rows[i], _rows[i - 1]);
            if (row.From == last.From && row.Key.AsSpan().SequenceEqual(last.Key))
            {
                Say(Math.Max(row.Line, last.Line), $"the key is that of line {Math.Min(row.Line, last.Line)}{(validFrom is null ? "; keys are unique" : ", and so is the time; a key has one version at a time")}");
            }
        }
    }

    private LookupColumn? Column(FieldDefinition field, int index)
    {
        var (count, at) = (_rows.Count, First + index);
        if (field.Type == FieldType.Text)
        {
            var (spans, bytes) = (new TextSpan[count + 1], new List<byte>());
            for (var i = 0; i <= count; i++)
            {
                var text = i < count ? _rows[i].Values[at] : defaults?[index];
                var encoded = Encoding.UTF8.GetBytes(text ?? string.Empty);
                spans[i] = text is null ? TextSpan.Missing : new TextSpan(bytes.Count, encoded.Length);
                bytes.AddRange(encoded);
            }

            return new LookupColumn(spans, ByteArena.OfConstants([.. bytes]), []);
        }

        var numbers = new long[count + 1];
        for (var i = 0; i <= count && Mistakes.Count < MostMistakes; i++)
        {
            numbers[i] = i < count ? Number(field, _rows[i].Values[at], _rows[i].Line) : Number(field, defaults?[index], 0);
        }

        return new LookupColumn([], null, numbers);
    }

    private long Number(FieldDefinition field, string? text, int line)
    {
        if (text is null)
        {
            return Int64Column.Missing;
        }

        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && Math.Abs(value / field.Resolution) < 1L << 62
            && (field.Type == FieldType.Decimal || value == decimal.Truncate(value)))
        {
            return (long)decimal.Round(field.Type == FieldType.Decimal ? value / field.Resolution : value);
        }

        if (line == 0)
        {
            Mistakes.Add($"table '{options.Name}': the default of '{field.Name}' is no {Word(field)}");
        }
        else
        {
            Say(line, $"'{field.SourceName}' is no {Word(field)}");
        }

        return Int64Column.Missing;
    }

    private LookupTable Table(List<LookupColumn> columns)
    {
        var (keys, firstRow) = (new List<byte[]>(), new List<int>());
        for (var i = 0; i < _rows.Count; i++)
        {
            if (i == 0 || !_rows[i].Key.AsSpan().SequenceEqual(_rows[i - 1].Key))
            {
                keys.Add(_rows[i].Key);
                firstRow.Add(i);
            }
        }

        firstRow.Add(_rows.Count);
        var content = _rows.Select(Content).ToList();
        return new LookupTable(
            keys,
            [.. firstRow],
            validFrom is null ? null : [.. _rows.Select(row => row.From)],
            columns,
            Hash(content),
            [.. content.Select(bytes => XxHash128.HashToUInt128(bytes))]);
    }

    private static string Hash(List<byte[]> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        content.ForEach(hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    // Lengths stand before content, so that no two rows run together.
    private byte[] Content((byte[] Key, long From, int Line, string?[] Values) row)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(row.Key.Length);
        writer.Write(row.Key);
        writer.Write(row.From);
        foreach (var value in row.Values.AsSpan(First))
        {
            writer.Write(value is not null);
            writer.Write(value ?? string.Empty);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static string Word(FieldDefinition field) => field.Type == FieldType.Integer ? "whole number" : "number";

    private void Say(int line, string message)
    {
        if (Mistakes.Count < MostMistakes)
        {
            Mistakes.Add($"table '{options.Name}' ({options.Place}:{line}): {message}");
        }
    }
}
