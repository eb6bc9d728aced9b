using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Batches;

public sealed class SelectedRowsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(EventBatch.Capacity)]
    public void Visits_every_row_once_in_order(int count)
    {
        using var batch = new BatchPool().RentBatch();
        batch.SelectAll(count);
        Assert.Equal(Enumerable.Range(0, count), batch.ReadSelected());
    }

    [Fact]
    public void Skips_deselected_rows_and_allows_deselecting_the_row_at_hand()
    {
        using var batch = new BatchPool().RentBatch();
        batch.SelectAll(200);
        batch.Without([.. Enumerable.Range(64, 64), 0, 199]);
        Assert.Equal(Enumerable.Range(1, 63).Concat(Enumerable.Range(128, 71)), batch.ReadSelected());
        foreach (var row in batch.SelectedRows)
        {
            batch.Deselect(row);
        }

        Assert.Equal(0, batch.SelectedCount);
    }
}
