using System.Security.Cryptography;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Hosting.Keys;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Keys;

public sealed class FileKeyRingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-keys-").FullName;

    private string KeyPath => Path.Combine(_folder, "master.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Makes_a_file_for_the_owner_only_and_finds_the_same_key_in_it_again()
    {
        using var first = FileKeyRing.OpenOrCreate(KeyPath, new SeededRandomSource(1));
        using var second = FileKeyRing.OpenOrCreate(KeyPath, new SeededRandomSource(2));
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal(first.DeriveKey("analytics"), second.DeriveKey("analytics"));
        Assert.Matches("^[0-9a-f]{64}\n$", File.ReadAllText(KeyPath));
        Assert.Equal([KeyPath], Directory.GetFiles(_folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        }
    }

    [Fact]
    public void Keys_and_fingerprint_follow_their_formulas()
    {
        WriteKey(string.Concat(Enumerable.Range(0, 32).Select(i => i.ToString("X2"))) + "\r\n");
        byte[] master = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        using var ring = FileKeyRing.Open(KeyPath);
        Assert.Equal(HMACSHA256.HashData(master, "akkaprivacy/token/v1/fraud"u8), ring.DeriveKey("fraud"));
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(master, "akkaprivacy/fingerprint/v1"u8))[..16], ring.Fingerprint);
        Assert.NotEqual(ring.DeriveKey("fraud"), ring.DeriveKey("analytics"));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Refuses_a_file_that_is_open_to_others(UnixFileMode open)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        WriteKey(new string('a', 64));
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | open);
        AssertRefused("chmod 600");
        if (open == UnixFileMode.GroupRead)
        {
            FileKeyRing.Open(KeyPath, allowGroupRead: true).Dispose();
        }
    }

    [Theory]
    [InlineData(0, "0 characters")]
    [InlineData(62, "62 characters")]
    [InlineData(65, "65 characters")]
    [InlineData(66, "66 characters")]
    [InlineData(67, "longer")]
    [InlineData(100_000, "longer")]
    public void Refuses_a_key_of_another_length(int digits, string expected)
    {
        WriteKey(new string('a', digits));
        AssertRefused(expected);
    }

    [Fact]
    public void Refuses_what_is_not_hexadecimal_without_repeating_it()
    {
        WriteKey(new string('a', 63) + "q");
        AssertRefused("a character that is none");
    }

    [Fact]
    public void Open_makes_nothing()
    {
        AssertRefused("no key file");
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_damaged_file_is_never_replaced()
    {
        WriteKey("abc");
        Assert.Throws<KeyFileException>(() => FileKeyRing.OpenOrCreate(KeyPath, CryptoRandomSource.Instance));
        Assert.Equal("abc", File.ReadAllText(KeyPath));
    }

    [Fact]
    public void Missing_directories_are_made()
    {
        var path = Path.Combine(_folder, "a", "b", "master.key");
        FileKeyRing.OpenOrCreate(path, CryptoRandomSource.Instance).Dispose();
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_place_where_no_file_can_be_is_reported_with_its_path()
    {
        WriteKey(new string('a', 64));
        var path = Path.Combine(KeyPath, "below-a-file");
        var refused = Assert.Throws<KeyFileException>(() => FileKeyRing.OpenOrCreate(path, CryptoRandomSource.Instance));
        Assert.Contains(path, refused.Message);
    }

    [Fact]
    public void Makers_at_the_same_time_use_one_key()
    {
        var prints = new string[16];
        Parallel.For(0, prints.Length, i =>
        {
            using var ring = FileKeyRing.OpenOrCreate(KeyPath, CryptoRandomSource.Instance);
            prints[i] = ring.Fingerprint;
        });
        Assert.Single(prints.Distinct());
        Assert.Equal([KeyPath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void An_erased_ring_and_a_purpose_out_of_range_yield_no_key()
    {
        var ring = FileKeyRing.OpenOrCreate(KeyPath, CryptoRandomSource.Instance);
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.DeriveKey(string.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => ring.DeriveKey(new string('p', 65)));
        ring.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ring.DeriveKey("analytics"));
    }

    private void WriteKey(string content)
    {
        File.WriteAllText(KeyPath, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private void AssertRefused(string expected)
    {
        var refused = Assert.Throws<KeyFileException>(() => FileKeyRing.Open(KeyPath));
        Assert.Contains(KeyPath, refused.Message);
        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain("aaaa", refused.Message);
    }
}
